/** What is printed of a proxy beside its grades. */

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { tellReport } from '../../src/cli/audit-report.js';
import { createOutput } from '../../src/cli/output.js';
import type { SpareLife } from '../../src/model/spare.js';
import { millis } from '../../src/model/brand.js';
import { reportOf } from '../kit/audits.js';

const printed = (spareLife?: SpareLife): string => {
  const stdout = Object.assign(new PassThrough(), { isTTY: false });
  const output = createOutput({ stdout, stderr: new PassThrough(), json: false, env: {} });
  const report = reportOf('socks5h://93.0.0.1:1080', { tunnel: 'exact' });
  const traits = { ...report.traits, ...(spareLife && { spareLife }) };
  tellReport(output, { ...report, traits }, { changed: [], isAlone: true });
  return String(stdout.read());
};

test('how long a silent connection lives is told as it was seen, and not where it was not', () => {
  assert.match(
    printed({ how: 'ended', after: millis(30_040) }),
    /^ {2}a connection on which nothing is said is ended by it after 30\.0 s$/m,
  );
  assert.match(
    printed({ how: 'outlived', after: millis(40_000) }),
    /^ {2}a connection on which nothing is said lives for 40\.0 s at least$/m,
  );
  assert.doesNotMatch(printed(), /nothing is said/);
});
