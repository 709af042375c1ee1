import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNonEmpty, millis, now, since } from '../../src/model/brand.js';

test('spans of time are never negative, and the clock never goes backwards', () => {
  assert.equal(millis(-1), 0);
  assert.equal(millis(2 ** 40), 2 ** 40);
  const [first, second] = [now(), now()];
  assert.ok(since(first, second) >= 0);
  assert.equal(since(second, first), 0);
});

test('a list with an item is told from one without', () => {
  assert.equal(isNonEmpty([undefined]), true);
  assert.equal(isNonEmpty([]), false);
});
