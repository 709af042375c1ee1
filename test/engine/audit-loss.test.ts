/** What is said when the judge is gone in the middle of a run. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { meterText } from '../../src/cli/audit-meter.js';
import { tellingLoss } from '../../src/engine/audit-loss.js';

const progress = { all: 9, done: 1, running: 4, room: 16, rate: 1, outcomes: {}, congested: true } as const;

test('that the judge is gone is told once, and stands in the line at the foot for as long as it is true', () => {
  const notices: string[] = [];
  const lines: string[] = [];
  const told = tellingLoss(
    (each) => lines.push(meterText(each, millis(0))),
    (text) => notices.push(text),
  );
  for (const each of [progress, { ...progress, lost: true as const }, { ...progress, lost: true as const }]) told(each);
  assert.equal(notices.length, 1);
  assert.match(notices[0] ?? '', /^The judge does not answer any more/);
  assert.deepEqual(
    lines.map((line) => line.slice(line.indexOf(';') + 2)),
    ['this line is full', 'the judge does not answer', 'the judge does not answer'],
  );
});
