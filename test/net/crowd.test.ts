/** Thousands of sessions wait for one signal: that engines end. */

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import { crowded, deadline, reasonOf, whenAborted } from '../../src/net/cancel.js';

const never = millis(1e9);

test('however many wait in a crowd, the signal has one listener, and each hears once', () => {
  const stopping = new AbortController();
  const stop = crowded(stopping.signal);
  const heard: number[] = [];
  const forgets = Array.from({ length: 1_000 }, (_, index) => whenAborted(stop, () => heard.push(index)));
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 1);
  for (const forget of forgets.slice(2)) forget();
  stopping.abort();
  assert.deepEqual(heard, [0, 1]);
});

test('who calls off the others while the signal is told keeps them from hearing it', () => {
  const stopping = new AbortController();
  const stop = crowded(stopping.signal);
  const heard: string[] = [];
  whenAborted(stop, () => {
    heard.push('first');
    forget();
  });
  const forget = whenAborted(stop, () => heard.push('second'));
  stopping.abort();
  assert.deepEqual(heard, ['first']);
});

for (const [kind, make] of Object.entries({ crowd: crowded, plain: (signal: AbortSignal) => ({ signal }) })) {
  test(`who comes late to a ${kind} signal hears at once`, () => {
    const stopping = new AbortController();
    stopping.abort();
    let heard = 0;
    whenAborted(make(stopping.signal), () => {
      heard += 1;
    });
    assert.equal(heard, 1);
  });

  test(`a deadline under a ${kind} signal ends with its reason, and one that is done no more`, () => {
    const stopping = new AbortController();
    const parent = make(stopping.signal);
    const [open, done] = [
      deadline(never, () => fail('hop-timeout'), parent),
      deadline(never, () => fail('hop-timeout'), parent),
    ];
    done.done();
    stopping.abort(fail('stopped'));
    open.done();
    assert.equal(reasonOf(open).code, 'stopped');
    assert.equal(done.signal.aborted, false);
  });
}
