/** How a proxy answered over time: what a history says, and that it stays small. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Millis } from '../../src/model/brand.js';
import type { Stamp } from '../../src/model/book.js';
import {
  type History,
  afterTry,
  isSpent,
  latencyOf,
  noHistory,
  trialsOf,
  weekOf,
  wilson,
} from '../../src/book/availability.js';
import { readHistory, writeHistory } from '../../src/book/history-text.js';

const start = 1_760_000_000_000;
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

const played = (tries: readonly (readonly [after: number, good: boolean, latency?: number])[]): History => {
  let [at, history] = [start, noHistory];
  for (const [after, good, latency] of tries) {
    at += after;
    history = afterTry(history, {
      ...{ at: at as Stamp, good },
      ...(latency === undefined ? {} : { latency: latency as Millis }),
    });
  }
  return history;
};

test('it is unknown before the first try, and no better than it was tried', () => {
  assert.equal(noHistory.pulse, 'unknown');
  assert.deepEqual(trialsOf(noHistory), { good: 0, all: 0, floor: 0 });
  assert.deepEqual(
    trialsOf(
      played([
        [0, true],
        [hour, true],
      ]),
    ),
    { good: 2, all: 2, from: start, floor: 0 },
  );
  const many = trialsOf(played(Array.from({ length: 14 }, (_, index) => [5 * hour, index !== 3 && index !== 9])));
  assert.deepEqual([many.good, many.all], [12, 14]);
  assert.ok(many.floor > 0.59 && many.floor < 0.61, String(many.floor));
});

test('two failures in a row make a suspect, three that are apart make it dead, and two good ones bring it back', () => {
  assert.equal(played([[0, false]]).pulse, 'unknown');
  assert.equal(
    played([
      [0, true],
      [hour, false],
    ]).pulse,
    'up',
  );
  assert.equal(
    played([
      [0, false],
      [1_000, false],
    ]).pulse,
    'suspect',
  );
  assert.equal(played(Array.from({ length: 20 }, () => [1_000, false] as const)).pulse, 'suspect');
  const dead = [
    [0, false],
    [10 * minute, false],
    [hour, false],
  ] as const;
  assert.equal(played(dead).pulse, 'dead');
  assert.equal(played([...dead, [hour, true]]).pulse, 'dead');
  assert.equal(played([...dead, [hour, true], [hour, true]]).pulse, 'up');
  assert.equal(played([...dead, [hour, true], [hour, false], [hour, true]]).pulse, 'dead');
});

test('a dead one is tried after 10 minutes, an hour, 6 hours, a day, 3 days and 10 days, and then no more', () => {
  let history = played([[0, false]]);
  const waits: number[] = [];
  let guard = 0;
  while (!isSpent(history) && guard < 20) {
    const next = history.nextTry ?? 0;
    waits.push(next - history.at);
    history = afterTry(history, { at: (next * 1_000) as Stamp, good: false });
    guard += 1;
  }
  assert.deepEqual(waits, [600, 3_600, 21_600, 86_400, 259_200, 864_000]);
  assert.equal(history.pulse, 'dead');
});

test('the time is a bound of the median of good tries', () => {
  assert.equal(latencyOf(noHistory), undefined);
  assert.equal(
    latencyOf(
      played([
        [0, true, 90],
        [hour, true, 240],
        [hour, true, 9_000],
        [hour, false, 1],
      ]),
    ),
    250,
  );
});

test('the week is by the hour, newest last, with tenths of good tries', () => {
  const history = played([
    [0, true],
    [minute, false],
    [2 * hour, true],
  ]);
  assert.equal(weekOf(history, (history.at * 1_000) as Stamp).slice(-4), '.4.9');
  assert.equal(weekOf(history, (history.at * 1_000 + 3 * hour) as Stamp).slice(-4), '9...');
  assert.equal(weekOf(history, (history.at * 1_000 + 400 * day) as Stamp), '.'.repeat(168));
  assert.equal(weekOf(noHistory, start as Stamp), '.'.repeat(168));
});

test('the Wilson bound is below the share, and nears it with the number of tries', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }), (some, all) => {
      const good = Math.min(some, all);
      const bound = wilson(good, all);
      assert.ok(bound >= 0 && bound <= good / all + 1e-9);
      assert.ok(wilson(good * 10, all * 10) >= bound - 1e-9);
    }),
  );
});

test('a year of tries stays below 1.5 KB, whatever they are', () => {
  const random = fc.sample(fc.boolean(), 20_000);
  const history = played(
    Array.from({ length: 20_000 }, (_, index) => [26 * minute, random[index] ?? true, index % 9_999]),
  );
  assert.ok(history.at - start / 1_000 > 360 * 86_400);
  assert.ok(Buffer.byteLength(JSON.stringify(history)) < 1_100, String(JSON.stringify(history).length));
});

test('it never says more than it has seen, whatever the order and the times of tries', () => {
  const tries = fc.array(fc.tuple(fc.integer({ min: -day, max: 20 * day }), fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(tries, (all) => {
      const history = played(all);
      const { good, all: count } = trialsOf(history);
      assert.equal(count, Math.min(32, all.length));
      assert.equal(good, all.slice(-32).filter(([, each]) => each).length);
      if (all.every(([, each]) => !each)) assert.notEqual(history.pulse, 'up');
      if (all.length > 0 && all.every(([, each]) => each)) assert.equal(history.pulse, 'up');
      assert.equal(weekOf(history, (history.at * 1_000) as Stamp).length, 168);
    }),
  );
});

test('a history reads as it was written, however it came about, and stays short over a year', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ wait: fc.nat(4_000_000), good: fc.boolean(), latency: fc.nat(20_000) }), { maxLength: 80 }),
      (tries) => {
        let history = noHistory;
        let at = 1_790_000_000_000;
        for (const { wait, good, latency } of tries) {
          at += wait * 1_000;
          history = afterTry(history, { at: at as Stamp, good, latency: latency as Millis });
          assert.deepEqual(readHistory(writeHistory(history)), history);
        }
      },
    ),
    { numRuns: 200 },
  );
  let history = noHistory;
  for (let hour = 0; hour < 8_760; hour += 1) {
    const at = (1_790_000_000_000 + hour * 3_600_000 + (hour % 7) * 1_000) as Stamp;
    history = afterTry(history, { at, good: hour % 3 > 0, latency: (hour % 5_000) as Millis });
  }
  assert.ok(writeHistory(history).length < 450, `${writeHistory(history).length}`);
  assert.deepEqual(readHistory('{"last":[]}'), noHistory);
});
