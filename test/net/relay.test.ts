/** The relay by itself: how it ends, whatever state its two ends are in when it begins. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { fail } from '../../src/model/error.js';
import type { Ending } from '../../src/model/session.js';
import { type RelayRules, type Tunnel, relay } from '../../src/net/relay.js';
import { dialThrough } from '../kit/dials.js';
import { dialUp } from '../kit/clients.js';
import { openDoor } from '../kit/door.js';
import { hear, hearAll } from '../kit/ear.js';
import { type HopScript, openHop } from '../kit/hops.js';
import { backTo, holdings } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';
import { type Habit, type Target, echo, openTarget, sink } from '../kit/target.js';

interface Scene {
  /** The client's own side of its connection, and ours. */
  readonly remote: Socket;
  readonly client: Socket;
  readonly tunnel: Tunnel;
  readonly target: Target;
  readonly run: (rules?: Partial<RelayRules['patience']>) => Promise<Ending>;
  readonly stop: AbortController;
}

const withScene = async (script: HopScript, habit: Habit, act: (scene: Scene) => Promise<void>): Promise<void> => {
  const base = holdings();
  {
    await using scope = createScope();
    const target = scope.use(await openTarget(habit));
    const hop = scope.use(await openHop(script));
    const accepted: Socket[] = [];
    const door = scope.use(await openDoor((socket) => void accepted.push(socket.pause())));
    const remote = await dialUp(door.port);
    scope.defer(() => remote.destroy());
    const { tunnel } = await dialThrough(hop.url, target.name);
    const [client] = accepted;
    assert.ok(client !== undefined);
    const stop = new AbortController();
    const run: Scene['run'] = (patience) => {
      const meter = { up: 0, down: 0 };
      const limits = { idle: millis(60_000), halfClosed: millis(60_000), ...patience };
      return relay(client, tunnel, { meter, patience: limits }, { signal: stop.signal });
    };
    await act({ remote, client, tunnel, target, run, stop });
    assert.ok(client.destroyed && tunnel.stream.destroyed && tunnel.outward.socket.destroyed);
  }
  await backTo(base);
};

for (const scheme of ['http', 'https'] as const) {
  test(`a tunnel that broke before the relay began resets the client (${scheme})`, async () => {
    await withScene({ scheme }, echo, async ({ remote, tunnel, run }) => {
      tunnel.stream.destroy();
      await once(tunnel.stream, 'close');
      assert.equal(await run(), 'target');
      assert.equal((await hearAll(remote)).how, 'reset');
    });
  });

  test(`a client that left before the relay began resets the tunnel (${scheme})`, async () => {
    await withScene({ scheme }, sink, async ({ client, run, target }) => {
      client.destroy();
      await once(client, 'close');
      assert.equal(await run(), 'client');
      const { socket } = await target.call(0);
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
    });
  });

  test(`what ends it ends both sides at once (${scheme})`, async () => {
    await withScene({ scheme }, echo, async ({ remote, run, stop }) => {
      const running = run();
      remote.write('echo');
      assert.equal((await hear(remote, 4)).toString(), 'echo');
      stop.abort(fail('stopped'));
      assert.equal(await running, 'stopped');
      await hearAll(remote);
    });
  });

  test(`it does not begin where it was ended before (${scheme})`, async () => {
    await withScene({ scheme }, echo, async ({ run, stop }) => {
      stop.abort(fail('stopped'));
      assert.equal(await run(), 'stopped');
    });
  });

  test(`a side that has finished is waited for less long (${scheme})`, async () => {
    await withScene({ scheme }, sink, async ({ remote, run }) => {
      remote.end('that was all');
      assert.equal(await run({ idle: millis(400), halfClosed: millis(50) }), 'client');
    });
  });
}

test('TLS that turns to nonsense in the segment of the last answer is the end of the session', async () => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const hop = scope.use(await openHop({ scheme: 'https' }));
  for (let round = 0; round < 10; round += 1) {
    const base = holdings();
    const accepted: Socket[] = [];
    const door = await openDoor((socket) => void accepted.push(socket.pause()));
    const remote = await dialUp(door.port);
    const { tunnel } = await dialThrough(hop.url, target.name);
    const [client] = accepted;
    assert.ok(client !== undefined);
    // The decrypted stream breaks in the same turn in which the dial was over.
    tunnel.stream.destroy(new Error('a record that is none'));
    const rules = { meter: { up: 0, down: 0 }, patience: { idle: millis(60_000), halfClosed: millis(60_000) } };
    assert.equal(await relay(client, tunnel, rules, { signal: new AbortController().signal }), 'target');
    assert.equal((await hearAll(remote)).how, 'reset');
    remote.destroy();
    await door[Symbol.asyncDispose]();
    await backTo(base);
  }
});
