/** The line at the foot of a terminal, the table above it, and what they do on terminals of every width and kind. */

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import stringWidth from 'string-width';
import { createTable } from '../../src/cli/audit-table.js';
import { meterText } from '../../src/cli/audit-meter.js';
import { createOutput } from '../../src/cli/output.js';
import { createStatusLine } from '../../src/cli/status-line.js';
import { millis } from '../../src/model/brand.js';
import { findingOf, reportOf } from '../kit/audits.js';

const progress = {
  ...{ all: 5_000, done: 1_200, running: 256, room: 256, rate: 40.2, left: millis(94_000), congested: true },
  outcomes: { audited: 80, dead: 1_100, 'not-a-proxy': 15, 'needs-auth': 5 },
};

const footOf = (columns: number, env: Readonly<Record<string, string>> = {}, isTTY = true): readonly string[] => {
  const written: string[] = [];
  const line = createStatusLine({ json: false }, { isTTY, columns, write: (text) => written.push(text) }, env);
  line.show(meterText(progress, millis(30_000)));
  line.clear();
  return written;
};

test('a line at the foot is never broken into two, however narrow the terminal is', () => {
  for (const columns of [10, 40, 80, 200]) {
    const [shown = '', cleared] = footOf(columns);
    assert.ok(stringWidth(shown.replace('\r\x1b[K', '')) < columns, `at ${columns}`);
    assert.equal(cleared, '\r\x1b[K');
  }
  assert.match(
    footOf(200)[0] ?? '',
    /1200 of 5000, 1 min left, 256 at once of 256, 40 a second: 80 audited, 1100 dead/,
  );
});

test('where a line cannot be taken back there is none', () => {
  assert.deepEqual(footOf(80, { TERM: 'dumb' }), []);
  assert.deepEqual(footOf(80, {}, false), []);
});

test('of one proxy it is said for how long it has been looked at', () => {
  assert.equal(meterText({ ...progress, all: 1 }, millis(42_500)), 'under way for 42 s');
});

const tableOf = (columns: number): readonly string[] => {
  const stdout = Object.assign(new PassThrough(), { isTTY: false });
  const table = createTable(createOutput({ stdout, stderr: new PassThrough(), json: false, env: {} }), columns);
  const leaky = reportOf('http://93.0.0.1:8080', { forward: 'transparent', tunnel: 'exact' });
  const [forward, ...rest] = leaky.modes;
  const findings = [findingOf('H03', 'fail'), findingOf('H02', 'fail', { sentence: 'It arrives.' })];
  table.add({ ...leaky, modes: [...(forward ? [{ ...forward, findings }] : []), ...rest] });
  table.add(reportOf(`socks5h://${'very-'.repeat(40)}long.example:1080`, { tunnel: 'exact' }));
  return String(stdout.read()).trimEnd().split('\n');
};

test('a table has grades and the worst finding of each proxy, and no line wider than the terminal', () => {
  assert.deepEqual(tableOf(80).slice(0, 2), [
    'proxy                         forward      tunnel       the worst of it',
    'http://93.0.0.1:8080          transparent  exact        H02 It arrives.',
  ]);
  for (const columns of [40, 80, 200])
    for (const line of tableOf(columns)) assert.ok(stringWidth(line) < columns, `${columns}: ${line}`);
});
