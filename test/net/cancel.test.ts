/** Deadlines: what they end, and what they do not end too soon. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import { type Cancel, deadline, stepLimit } from '../../src/net/cancel.js';
import { dialUp } from '../kit/clients.js';
import { openTarget, sink } from '../kit/target.js';

const aborted = ({ signal }: Cancel): Promise<'late'> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve('late');
    });
  });

const kinds: Readonly<Record<string, () => Cancel & { readonly done: () => void }>> = {
  'a deadline': () => deadline(millis(20), () => fail('hop-timeout')),
  'the limit of a step': () => {
    const limit = stepLimit(() => fail('hop-timeout'), { signal: new AbortController().signal });
    limit.step(millis(20));
    return limit;
  },
};

for (const [what, start] of Object.entries(kinds)) {
  test(`what came while the program was held up is read before ${what} is believed`, async () => {
    await using target = await openTarget(sink);
    const socket = await dialUp(target.port);
    const call = await target.call(0);
    const read = once(socket, 'data').then(() => 'data' as const);
    const limit = start();
    const first = Promise.race([read, aborted(limit)]);
    call.socket.write('y');
    const began = performance.now();
    while (performance.now() - began < 100);
    assert.equal(await first, 'data');
    limit.done();
    socket.destroy();
  });

  test(`${what} ends what takes too long, and nothing once it is done`, async () => {
    const limit = start();
    assert.equal(await aborted(limit), 'late');
    assert.equal(
      (limit.signal.reason as { readonly failure?: { readonly code: string } }).failure?.code,
      'hop-timeout',
    );
    const other = start();
    other.done();
    await aborted(start());
    assert.equal(other.signal.aborted, false);
  });
}
