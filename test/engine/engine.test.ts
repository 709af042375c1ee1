/** The engine as a whole: how it stops, and that nothing of it is left. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseHost } from '../../src/model/address.js';
import type { Port } from '../../src/model/brand.js';
import { millis } from '../../src/model/brand.js';
import { parseCascade } from '../../src/model/cascade.js';
import { type EngineParts, startEngine } from '../../src/engine/engine.js';
import { ask, dialUp } from '../kit/clients.js';
import { failureOf } from '../kit/dials.js';
import { openDoor } from '../kit/door.js';
import { hear, hearAll } from '../kit/ear.js';
import { openHop } from '../kit/hops.js';
import { startHouse, storedAs } from '../kit/house.js';
import { backTo, holdings, until } from '../kit/leak.js';
import { sessionsOf, withScene } from '../kit/scenes.js';
import type { Habit } from '../kit/target.js';

describe('an engine that stops', () => {
  test('lets sessions end by themselves while there is time', async () => {
    await withScene({}, async ({ house, nameFor }) => {
      const { socket } = await ask(house.port, { protocol: 'socks5', target: nameFor('socks5') });
      const stopping = house.controller.stop(millis(10_000));
      socket.write('still here');
      assert.equal((await hear(socket, 10)).toString(), 'still here');
      socket.end();
      assert.equal((await hearAll(socket)).how, 'end');
      await stopping;
      const { state } = sessionsOf(house).at(-1) ?? {};
      assert.ok(state?.phase === 'closed' && state.because === 'client');
    });
  });

  test('ends them when the time is over', async () => {
    await withScene({}, async ({ house, nameFor }) => {
      const { socket } = await ask(house.port, { protocol: 'socks5', target: nameFor('socks5') });
      await house.controller.stop(millis(30));
      await hearAll(socket);
      const { state } = sessionsOf(house).at(-1) ?? {};
      assert.ok(state?.phase === 'closed' && state.because === 'stopped');
      socket.destroy();
    });
  });

  for (const at of ['accept', 'request'] as const) {
    test(`gives up what is still being opened (a hop silent at ${at})`, async () => {
      await withScene({ hop: { scheme: 'https', fault: { play: 'silence', at } } }, async ({ house, hop, nameFor }) => {
        const asking = ask(house.port, { protocol: 'connect', target: nameFor('connect') }).catch(() => undefined);
        await until(() => hop.visits.length === 1, 'the hop');
        await house.controller.stop(millis(0));
        (await asking)?.socket.destroy();
        const { state } = sessionsOf(house).at(-1) ?? {};
        assert.ok(state?.phase === 'failed' && /^(?:stopped|client-gone)$/.test(state.failure.code));
      });
    });
  }

  test('ends clients that have not said what they want, and takes no new ones', async () => {
    await withScene({}, async ({ house }) => {
      const silent = await dialUp(house.port);
      const half = await dialUp(house.port);
      half.write(Buffer.from([5, 1]));
      await house.controller.stop(millis(0));
      for (const socket of [silent, half]) {
        await hearAll(socket);
        socket.destroy();
      }
      await assert.rejects(dialUp(house.port), { code: 'ECONNREFUSED' });
    });
  });

  test('may be stopped twice, also at once', async () => {
    await withScene({}, async ({ house }) => {
      await Promise.all([house.controller.stop(millis(0)), house.controller.stop(millis(0))]);
      await house.controller.stop(millis(0));
    });
  });

  test('keeps no plain http tunnel', async () => {
    const page: Habit = ({ socket }) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
      socket.on('end', () => socket.end());
    };
    await withScene({ habit: page }, async ({ house, target }) => {
      const socket = await dialUp(house.port);
      socket.write(`GET http://${target.name}/ HTTP/1.1\r\nHost: ${target.name}\r\n\r\n`);
      assert.match((await hear(socket, 15)).toString(), /^HTTP\/1\.1 200/);
      await house.controller.stop(millis(0));
      await until(() => target.sockets.size === 0, 'the end of the tunnel', 2_000);
      socket.destroy();
    });
  });
});

test('an engine that cannot open all its ports opens none', async () => {
  await using taken = await openDoor(() => undefined);
  const base = holdings();
  const cascade = parseCascade('test', 'http://127.0.0.1:9');
  const parts: EngineParts = {
    listen: [
      { host: parseHost('127.0.0.1'), port: 0 },
      { host: parseHost('127.0.0.1'), port: taken.port as Port },
    ],
    login: { required: false, check: () => true },
    rules: { private: 'allow', refusedPorts: new Set(), plainPorts: new Set() },
    limits: {
      ...{ sessions: 10, handshake: millis(1_000), dial: millis(1_000), hold: millis(0) },
      ...{ idle: millis(1_000), idleTunnels: millis(1_000) },
    },
    cascadeFor: () => cascade,
    inUse: () => cascade,
    stored: storedAs(cascade),
  };
  assert.equal((await failureOf(startEngine(parts))).code, 'port-in-use');
  await backTo(base);
});

test('an engine that has served and stopped a hundred times holds nothing', async () => {
  await using hop = await openHop({ scheme: 'socks4a', fault: { play: 'silence', at: 'request' } });
  const base = holdings();
  for (let round = 0; round < 100; round += 1) {
    const house = await startHouse(hop.url);
    const socket = await dialUp(house.port);
    if (round % 2 === 0) socket.write(Buffer.from([5, 1, 0]));
    await house.close();
    socket.destroy();
  }
  await backTo(base);
});
