/** The file for the page of an audit: made before the first proxy is asked, and written when the last one has its report. */

import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { AuditReport } from '../model/audit.js';
import { fail } from '../model/error.js';
import type { AuditDesk } from '../engine/controller.js';

/** A file that is there, and empty. */
export interface ReservedPage {
  /** Writes the page and closes the file; where there is nothing to write the file goes. */
  readonly write: (reports: readonly AuditReport[], audits: AuditDesk) => Promise<void>;
}

/** Makes the file. Throws `file-unwritable` where it is there already, or cannot be made. */
export const reservePage = (path: string): ReservedPage => {
  const file = open(path);
  return {
    write: async (reports, audits) => {
      if (reports.length === 0) unlinkSync(path);
      else {
        const { auditPage } = await import('./audit-page.js');
        writeSync(file, auditPage(reports, audits));
      }
      closeSync(file);
    },
  };
};

const open = (path: string): number => {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (thrown) {
    throw fail('file-unwritable', { note: path }, thrown);
  }
};
