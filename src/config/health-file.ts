/** What was learned, kept in files beside the settings: losing one costs a history, so nothing here ever throws. */

import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commit } from './folder.js';

/** Where a text is kept between two runs. */
export interface Keepsake {
  /** The text kept last; undefined where there is none, or none that can be read. */
  readonly read: () => string | undefined;
  /** Keeps a text in the place of the one before; tells whether that worked. */
  readonly write: (text: string) => boolean;
}

/** Two thousand proxies with a history of a week need three of them. */
const mostBytes = 16 * 1024 * 1024;

/** The file of health beside a settings file, for its owner only. */
export const keepHealth = (settingsPath: string): Keepsake => keepBeside(settingsPath, 'health.json');

/** The file of stable entries, likewise. */
export const keepGuards = (settingsPath: string): Keepsake => keepBeside(settingsPath, 'guards.json');

const keepBeside = (settingsPath: string, name: string): Keepsake => {
  const path = join(dirname(settingsPath), name);
  const next = `${path}.next`;
  return {
    read: () => attempt(() => (statSync(path).size > mostBytes ? undefined : readFileSync(path, 'utf8'))),
    write: (text) => {
      const written = attempt(() => {
        replace(path, next, text);
        return true;
      });
      if (written === undefined) attempt(() => rmSync(next, { force: true }));
      return written === true;
    },
  };
};

/** Whole or not at all: the new text is on the disk before it takes the old one's place. */
const replace = (path: string, next: string, text: string): void => {
  rmSync(next, { force: true });
  const file = openSync(next, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  commit(next, path, text);
};

const attempt = <Result>(work: () => Result): Result | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};
