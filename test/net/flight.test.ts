/** Exchanges over a real stream: in order, byte exact, one at a time or in one flight, and nothing left behind. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { test } from 'node:test';
import { fail } from '../../src/model/error.js';
import { type Leg, fly } from '../../src/net/flight.js';
import { type TestDoor, openDoor } from '../kit/door.js';
import { edgeOf, failureOf } from '../kit/dials.js';
import { hear } from '../kit/ear.js';
import { until } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';

/** A question of one letter, whose answer is that letter twice; anything else is nonsense. */
const leg = (letter: string, hop: number, keeps = false): Leg => ({
  phase: 'request',
  ask: Buffer.from(letter),
  hop,
  keeps,
  answer: (seen) => {
    if (seen.some((byte, at) => at < 2 && byte !== letter.charCodeAt(0))) throw fail('hop-garbled');
    return seen.length >= 2 ? 2 : 0;
  },
});

interface Scene {
  readonly stream: Socket;
  readonly peer: Socket;
  readonly door: TestDoor;
  /** What came to the other side, a segment each. */
  readonly segments: string[];
}

const withScene = async (act: (scene: Scene) => Promise<void>): Promise<void> => {
  await using scope = createScope();
  const accepted: Socket[] = [];
  const door = scope.use(await openDoor((socket) => void accepted.push(socket)));
  const stream = connect({ port: door.port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);
  scope.defer(() => stream.destroy());
  await once(stream, 'connect');
  await until(() => accepted.length === 1, 'the other side');
  const [peer] = accepted;
  assert.ok(peer !== undefined);
  const segments: string[] = [];
  peer.on('data', (bytes: Buffer) => void segments.push(bytes.toString()));
  await act({ stream, peer, door, segments });
};

const never = { signal: new AbortController().signal };

const assertFree = (stream: Socket): void => {
  assert.equal(stream.listenerCount('data'), 0);
  assert.equal(stream.isPaused(), true);
};

test('a question leaves when the one before it is answered, where nothing is known of the hop', async () => {
  await withScene(async ({ stream, peer, segments }) => {
    const answered: string[] = [];
    const flying = fly(
      stream,
      [leg('a', 1), leg('b', 1), leg('c', 2)],
      ({ ask }, next) => {
        answered.push(`${ask.toString()} then ${next?.ask.toString() ?? 'nothing'}`);
      },
      never,
    );
    for (const letter of ['a', 'b', 'c']) {
      await until(() => segments.at(-1) === letter, `the question ${letter}`);
      peer.write(letter);
      peer.write(letter);
    }
    await flying;
    assert.deepEqual(segments, ['a', 'b', 'c']);
    assert.deepEqual(answered, ['a then b', 'b then c', 'c then nothing']);
    assertFree(stream);
  });
});

test('all questions leave in one segment where every hop keeps what comes behind its question', async () => {
  await withScene(async ({ stream, peer, segments }) => {
    const flying = fly(stream, [leg('a', 1, true), leg('b', 1, true), leg('c', 2)], () => undefined, never);
    await until(() => segments.join('') === 'abc', 'all questions');
    assert.deepEqual(segments, ['abc']);
    peer.write('aabbccand more');
    await flying;
    assert.equal((await hear(stream, 8)).toString(), 'and more');
  });
});

test('a question waits behind the one that must be answered first', async () => {
  await withScene(async ({ stream, peer, segments }) => {
    const flying = fly(
      stream,
      [leg('a', 1, true), leg('b', 2), leg('c', 3, true), leg('d', 3)],
      () => undefined,
      never,
    );
    await until(() => segments.join('') === 'ab', 'the first two');
    peer.write('aabb');
    await until(() => segments.join('') === 'abcd', 'the others');
    peer.write('ccdd');
    await flying;
    assert.deepEqual(segments, ['ab', 'cd']);
  });
});

for (const [what, disturb, code] of [
  ['nonsense', (peer: Socket) => peer.write('aaxx'), 'hop-garbled'],
  ['an end', (peer: Socket) => peer.end('aab'), 'hop-closed'],
  ['a reset', (peer: Socket) => peer.resetAndDestroy(), 'hop-reset'],
] as const) {
  test(`${what} in the middle ends it as ${code}, and leaves no listener`, async () => {
    await withScene(async ({ stream, peer, segments }) => {
      const flying = failureOf(fly(stream, [leg('a', 1, true), leg('b', 2)], () => undefined, never));
      await until(() => segments.join('') === 'ab', 'both questions');
      disturb(peer);
      assert.equal(edgeOf(await flying), code);
      assertFree(stream);
    });
  });
}

test('what gives it up leaves the stream as it is, without a listener', async () => {
  await withScene(async ({ stream, segments }) => {
    const stop = new AbortController();
    const flying = failureOf(fly(stream, [leg('a', 1)], () => undefined, { signal: stop.signal }));
    await until(() => segments.length === 1, 'the question');
    stop.abort(fail('stopped'));
    assert.equal((await flying).code, 'stopped');
    assertFree(stream);
    assert.equal(stream.destroyed, false);
  });
});

test('a stream that has ended before is told as such at once', async () => {
  await withScene(async ({ stream }) => {
    stream.destroy();
    assert.equal((await failureOf(fly(stream, [leg('a', 1)], () => undefined, never))).code, 'hop-closed');
  });
});
