/** Sessions that arrive while no whole route is up wait for one, and lose nothing; or they are refused with the reason. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import type { Session } from '../../src/model/session.js';
import { ask, dialUp, connectRequest } from '../kit/clients.js';
import { hearAll, hearUntil } from '../kit/ear.js';
import { type HopScript, type TestHop, apart, openHop } from '../kit/hops.js';
import { type House, startHouse } from '../kit/house.js';
import { backTo, holdings, until } from '../kit/leak.js';
import { type Scope, createScope } from '../kit/scope.js';
import { type Target, openTarget, patternBytes, patternHash, summary } from '../kit/target.js';

const scripts: readonly HopScript[] = [{ scheme: 'socks5h' }, { scheme: 'http' }, { scheme: 'socks4a' }];

/** A cascade of three hops with one of them dead. */
interface Scene {
  readonly scope: Scope;
  readonly house: House;
  readonly hops: TestHop[];
  readonly target: Target;
  /** Opens the dead hop again, where it was. */
  readonly restart: () => Promise<void>;
}

const withDead = async (dead: 1 | 2 | 3, hold: number, act: (scene: Scene) => Promise<void>): Promise<void> => {
  const base = holdings();
  {
    await using scope = createScope();
    const target = scope.use(await openTarget(summary));
    const own = scripts.map((script, at) => (at + 1 === dead ? apart(script) : script));
    const hops = await Promise.all(own.map(openHop));
    for (const hop of hops) scope.use(hop);
    const [script, hop] = [own[dead - 1], hops[dead - 1]];
    assert.ok(script !== undefined && hop !== undefined);
    await hop.slam();
    const chain = hops.map(({ url }) => url).join(',');
    const house = scope.use(await startHouse(chain, { limits: { hold: millis(hold) } }));
    const restart = async (): Promise<void> => {
      hops[dead - 1] = scope.use(await openHop({ ...script, port: hop.port }));
    };
    await act({ scope, house, hops, target, restart });
  }
  await backTo(base);
};

const held = ({ controller }: House): readonly Session[] =>
  controller.snapshot.sessions.filter(({ state }) => state.phase === 'held');

/** Connections at the target that did not come from the last hop of the cascade. */
const strangers = ({ target, hops }: Scene): number => {
  const known = new Set(hops.at(-1)?.visits.map(({ onward }) => onward));
  return target.calls.filter(({ link }) => !known.has(link)).length;
};

for (const dead of [1, 2, 3] as const) {
  test(`sessions that wait for hop ${dead} go on when it is back, without a byte lost, and by no other way`, async () => {
    await withDead(dead, 20_000, async (scene) => {
      const { house, target, restart } = scene;
      const size = 1_000_000;
      const sessions = [1, 2, 3, 4].map(async (seed) => {
        const socket = await dialUp(house.port);
        // All of it is sent before there is any way.
        socket.write(connectRequest(target.name));
        socket.end(patternBytes(seed, size));
        assert.match(await hearUntil(socket, '\r\n\r\n'), /^HTTP\/1\.1 200 /);
        const { bytes } = await hearAll(socket);
        assert.equal(bytes.toString(), `${patternHash(seed, size)} ${size}`);
      });
      await until(() => held(house).length === 4, 'four sessions are held', 10_000);
      assert.equal(target.calls.length, 0);
      await restart();
      await Promise.all(sessions);
      assert.deepEqual([target.calls.length, strangers(scene)], [4, 0]);
    });
  });
}

test('a connection that came another way would have been noticed', async () => {
  await withDead(2, 0, async (scene) => {
    const socket = await dialUp(scene.target.port);
    await scene.target.call(0);
    assert.equal(strangers(scene), 1);
    socket.destroy();
  });
});

test('when the wait is over the refusal says why, as it does at once where nobody waits', async () => {
  for (const hold of [0, 1_500]) {
    await withDead(2, hold, async ({ house, target }) => {
      const { socket, code, text } = await ask(house.port, { protocol: 'connect', target: target.name });
      socket.destroy();
      assert.equal(code, 502);
      assert.match(text, /\r\nX-Kaskade-Failure: onward-refused; hop=1\r\n/);
      const phases = house.events.flatMap((event) => (event.kind === 'session' ? [event.session.state.phase] : []));
      assert.equal(phases.includes('held'), hold > 0);
      assert.equal(target.calls.length, 0);
    });
  }
});

test('a client that goes away while it waits leaves nothing behind, and nothing is dialled for it later', async () => {
  await withDead(1, 20_000, async ({ house, hops, target, restart }) => {
    const socket = await dialUp(house.port);
    socket.write(connectRequest(target.name));
    await until(() => held(house).length === 1, 'one is held', 10_000);
    socket.resetAndDestroy();
    await until(() => house.controller.snapshot.sessions.length === 0, 'it is forgotten', 5_000);
    await restart();
    assert.equal(hops[0]?.visits.length, 0);
    assert.equal(target.calls.length, 0);
  });
});

test('an engine that stops ends those who wait', async () => {
  await withDead(3, 60_000, async ({ house, target }) => {
    const socket = await dialUp(house.port);
    socket.write(connectRequest(target.name));
    await until(() => held(house).length === 1, 'one is held', 10_000);
    const closed = once(socket.resume(), 'close');
    await house.controller.stop(millis(0));
    socket.end();
    await closed;
    assert.equal(target.calls.length, 0);
  });
});

test('a cascade that is put to use meanwhile takes those who wait along', async () => {
  const base = holdings();
  {
    await using scope = createScope();
    const target = scope.use(await openTarget(summary));
    const [dead, well] = [await openHop(apart({ scheme: 'http' })), scope.use(await openHop({ scheme: 'socks5h' }))];
    await dead.slam();
    const house = scope.use(
      await startHouse(dead.url, { named: { well: well.url }, limits: { hold: millis(20_000) } }),
    );
    const asked = ask(house.port, { protocol: 'socks5', target: target.name });
    await until(() => held(house).length === 1, 'one is held', 10_000);
    assert.deepEqual(await house.controller.execute({ do: 'use-cascade', name: 'well' }), { done: true });
    const { socket, ok } = await asked;
    assert.equal(ok, true);
    socket.destroy();
    assert.equal(house.controller.snapshot.recent.concat(house.controller.snapshot.sessions).at(-1)?.cascade, 'well');
    assert.deepEqual([well.visits.length, target.calls.length], [1, 1]);
  }
  await backTo(base);
});
