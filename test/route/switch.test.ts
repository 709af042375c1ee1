import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSwitcher } from '../../src/route/switch.js';

test('the next cascade in the order of the user follows, from the start again behind the last', () => {
  const switcher = createSwitcher(() => ['a', 'b', 'c']);
  assert.deepEqual([switcher.next('b'), switcher.next('c'), switcher.next('a')], ['c', 'a', 'b']);
});

test('a cascade that is not in the order is left for the first one', () => {
  assert.equal(createSwitcher(() => ['a', 'b']).next('x'), 'a');
});

test('without an order, or with nothing else in it, there is no switch', () => {
  assert.equal(createSwitcher(() => []).next('a'), undefined);
  assert.equal(createSwitcher(() => ['a']).next('a'), undefined);
});

test('none comes twice until all were tried, whatever goes down', () => {
  const orders = fc.uniqueArray(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), {
    minLength: 2,
    maxLength: 8,
  });
  fc.assert(
    fc.property(orders, fc.nat(7), (order, start) => {
      const switcher = createSwitcher(() => order);
      let now = order[start % order.length] ?? '';
      const seen = [now];
      for (let step = 1; step < order.length; step += 1) {
        now = switcher.next(now) ?? '';
        seen.push(now);
      }
      assert.deepEqual([...seen].sort(), [...order].sort());
      assert.ok(order.includes(switcher.next(now) ?? ''));
    }),
  );
});

test('when a cascade is whole again the others may be tried again', () => {
  const switcher = createSwitcher(() => ['a', 'b', 'c']);
  assert.equal(switcher.next('a'), 'b');
  switcher.whole();
  assert.equal(switcher.next('b'), 'c');
  switcher.whole();
  assert.equal(switcher.next('c'), 'a');
});
