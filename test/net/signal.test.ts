/** The signal that thousands of sessions wait for, and the deadlines under it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import { deadline, reasonOf, whenAborted } from '../../src/net/cancel.js';
import { createAborter } from '../../src/net/signal.js';

const never = millis(1e9);
const kinds = { 'a signal of ours': createAborter, 'an AbortSignal': () => new AbortController() };

for (const [kind, create] of Object.entries(kinds)) {
  test(`${kind} tells each who waits, once and in order, and nobody who called it off`, () => {
    const stopping = create();
    const heard: number[] = [];
    const [, second] = [0, 1, 2].map((index) => whenAborted(stopping, () => heard.push(index)));
    second?.();
    stopping.abort(fail('stopped'));
    stopping.abort(fail('hop-timeout'));
    assert.deepEqual(heard, [0, 2]);
    assert.equal(reasonOf(stopping).code, 'stopped');
  });

  test(`${kind} does not tell whom an earlier one has called off meanwhile`, () => {
    const stopping = create();
    const heard: string[] = [];
    whenAborted(stopping, () => {
      heard.push('first');
      forget();
    });
    const forget = whenAborted(stopping, () => heard.push('second'));
    stopping.abort(fail('stopped'));
    assert.deepEqual(heard, ['first']);
  });

  test(`who comes too late to ${kind} hears at once`, () => {
    const stopping = create();
    stopping.abort(fail('stopped'));
    let heard = 0;
    whenAborted(stopping, () => {
      heard += 1;
    });
    assert.equal(heard, 1);
  });

  test(`a deadline under ${kind} ends with its reason, and one that is done no more`, () => {
    const stopping = create();
    const open = deadline(never, () => fail('hop-timeout'), stopping);
    const done = deadline(never, () => fail('hop-timeout'), stopping);
    done.done();
    stopping.abort(fail('stopped'));
    open.done();
    assert.equal(reasonOf(open).code, 'stopped');
    assert.equal(done.signal.aborted, false);
  });
}

test('a deadline that passes ends with what it is late for', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const limit = deadline(millis(5), () => fail('hop-timeout'));
  context.mock.timers.tick(5);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(reasonOf(limit).code, 'hop-timeout');
});
