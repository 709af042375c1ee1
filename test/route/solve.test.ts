/** Choosing one item at every place with no key in common: nothing is missed, and few decide for all. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Item, countRows, kernelOf, solve } from '../../src/route/solve.js';

const items = (length: number): fc.Arbitrary<Item[]> =>
  fc.array(
    fc.record({
      keys: fc.uniqueArray(fc.constantFrom('a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2'), { maxLength: 3 }),
    }),
    { maxLength: length },
  );

const rowsOf = (places: readonly (readonly Item[])[]): readonly (readonly Item[])[] =>
  places.reduce<readonly (readonly Item[])[]>(
    (rows, place) =>
      rows.flatMap((row) =>
        place
          .filter(({ keys }) => !row.some((other) => other.keys.some((key) => keys.includes(key))))
          .map((item) => [...row, item]),
      ),
    [[]],
  );

test('a row is found exactly where there is one, and rows are counted as brute force counts them', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(items(6), { minLength: 1, maxLength: 5 }), (places) => {
      const rows = rowsOf(places);
      const row = solve(places);
      assert.equal(row !== undefined, rows.length > 0);
      if (row !== undefined) {
        const keys = row.flatMap((item) => item.keys);
        assert.equal(new Set(keys).size, keys.length);
        found += 1;
      }
      const counted = countRows(places, 100);
      assert.deepEqual(counted, { rows: Math.min(rows.length, 100), more: rows.length > 100 });
    }),
    { numRuns: 3_000 },
  );
  assert.ok(found > 300 && found < 2_900, String(found));
});

test('whatever keys are taken, one of the few is free of them if anybody is', () => {
  let smaller = 0;
  const keys = fc.uniqueArray(fc.integer({ min: 0, max: 25 }).map(String), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ keys }), { maxLength: 60 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 25 }).map(String), { maxLength: 4 }),
      (all, taken) => {
        const few = kernelOf(all, taken.length);
        const isFree = (item: Item): boolean => !item.keys.some((key) => taken.includes(key));
        assert.equal(few.some(isFree), all.some(isFree));
        if (few.length < all.length) smaller += 1;
      },
    ),
    { numRuns: 3_000 },
  );
  assert.ok(smaller > 1_000, String(smaller));
});

test('of many that differ in one key only, few are kept, and none is looked for in vain', () => {
  const many = Array.from({ length: 5_000 }, (_, nth) => ({ keys: ['cFR', `b${nth}`, `n${nth % 50}`] }));
  const few = kernelOf(many, 6);
  assert.ok(few.length <= 60, String(few.length));
  assert.equal(solve([few, few]), undefined);
  assert.equal(solve([few, [{ keys: ['cDE', 'b1', 'n1'] }]])?.length, 2);
  const eight = Array.from({ length: 8 }, () =>
    Array.from({ length: 70 }, (_, nth) => ({ keys: [`c${nth % 7}`, `b${nth}`] })),
  );
  assert.equal(solve(eight), undefined);
});
