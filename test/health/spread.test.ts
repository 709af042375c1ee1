/** Times and shares of one proxy, against the same figures counted the slow way. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundOf, boundSpan } from '../../src/model/bound.js';
import { millis } from '../../src/model/brand.js';
import { cell, createSpreads, hour } from '../../src/health/spread.js';

const start = 1_800_000_000_000;

/** Times at moments that never go back. */
const samples = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 900_000 }),
    span: fc.integer({ min: 0, max: 20_000 }),
    well: fc.boolean(),
  }),
  { maxLength: 120 },
);

const inLast = (moment: number, now: number, span: number, spans: number): boolean =>
  Math.floor(now / span) - Math.floor(moment / span) < spans;

const boundAt = (spans: readonly number[], part: number) => {
  const sorted = [...spans].sort((one, other) => one - other);
  const value = sorted[Math.ceil(sorted.length * part) - 1];
  return value === undefined ? undefined : boundOf(millis(value));
};

test('the bounds of the last hour, its cells and all shares are those of a plain count', () => {
  fc.assert(
    fc.property(samples, (row) => {
      const spreads = createSpreads();
      let now = start;
      const seen = row.map(({ wait, span, well }) => {
        now += wait;
        spreads.tried(now, well ? 'good' : 'bad');
        if (well) spreads.took(now, 'exchange', millis(span));
        return { moment: now, span, well };
      });
      const view = spreads.view(now);
      const lately = seen.filter(({ moment }) => inLast(moment, now, cell, 30));
      const today = seen.filter(({ moment }) => inLast(moment, now, hour, 24));
      const times = lately.filter(({ well }) => well).map(({ span }) => span);
      assert.equal(view.exchange.p50, boundAt(times, 0.5));
      assert.equal(view.exchange.p90, boundAt(times, 0.9));
      assert.deepEqual(view.hour, { good: times.length, all: lately.length });
      assert.deepEqual(view.day, { good: today.filter(({ well }) => well).length, all: today.length });
      for (const [index, shown] of view.recent.entries()) {
        const inCell = lately.filter(({ moment }) => Math.floor(moment / cell) === Math.floor(now / cell) - 29 + index);
        const median = boundAt(
          inCell.filter(({ well }) => well).map(({ span }) => span),
          0.5,
        );
        assert.equal(shown, median ?? (inCell.length > 0 ? 'failed' : null));
      }
      for (const [index, letter] of Array.from(view.week).entries()) {
        const inHour = seen.filter(({ moment }) => Math.floor(moment / hour) === Math.floor(now / hour) - 167 + index);
        const good = inHour.filter(({ well }) => well).length;
        if (inHour.length === 0) assert.equal(letter, '.');
        else
          assert.equal(
            letter,
            good === inHour.length ? '9' : String(Math.min(8, Math.floor((good * 10) / inHour.length))),
          );
      }
    }),
    { numRuns: 60 },
  );
});

test('nothing tried is unknown, not good', () => {
  const { hour: last, day, recent, week, exchange } = createSpreads().view(start);
  assert.deepEqual([last.all, day.all, exchange], [0, 0, {}]);
  assert.ok(recent.length === 30 && recent.every((each) => each === null));
  assert.equal(week, '.'.repeat(168));
});

test('a failure that is taken back was none', () => {
  const spreads = createSpreads();
  spreads.tried(start, 'bad');
  spreads.untried(start);
  assert.deepEqual(spreads.view(start).hour, { good: 0, all: 0 });
});

test('patience is 15 s until 20 steps are known, then three times what four of five took, 1 s to 15 s', () => {
  const spreads = createSpreads();
  for (let count = 0; count < 19; count += 1) spreads.step(millis(100), millis(50));
  assert.equal(spreads.patience(), 15_000);
  spreads.step(millis(100), millis(50));
  assert.equal(spreads.patience(), 1_000);
  for (let count = 0; count < 64; count += 1) spreads.step(millis(0), millis(count % 5 === 4 ? 9_000 : 800));
  assert.equal(spreads.patience(), 2_400);
  for (let count = 0; count < 64; count += 1) spreads.step(millis(0), millis(9_000));
  assert.equal(spreads.patience(), 15_000);
});

test('a clock that is set back neither loses the hour nor stops the count', () => {
  const spreads = createSpreads();
  spreads.tried(start, 'good');
  spreads.tried(start - cell, 'good');
  assert.equal(spreads.view(start).hour.all, 2);
  spreads.tried(start - 400 * hour, 'good');
  assert.equal(spreads.view(start - 400 * hour).day.all, 1);
});

test('bounds are ordered as the times are', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(20_000), (one, other) => {
      const [less, more] = one < other ? [one, other] : [other, one];
      assert.ok(boundSpan(boundOf(millis(less))) <= boundSpan(boundOf(millis(more))));
    }),
  );
});
