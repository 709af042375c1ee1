/** Spare tunnels in a whole engine: a session that goes over one, and what puts an end to those that wait. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import type { BookEntry } from '../../src/model/book.js';
import type { Command } from '../../src/model/command.js';
import type { Session } from '../../src/model/session.js';
import { createGuards } from '../../src/route/guards.js';
import { type TestCatalog, createCatalog } from '../kit/catalog.js';
import { ask } from '../kit/clients.js';
import { hear, hearAll } from '../kit/ear.js';
import { entryOf, today } from '../kit/entries.js';
import { type Gate, openGate } from '../kit/gate.js';
import { type HopScript, openHop } from '../kit/hops.js';
import { connectRaw } from '../kit/http-client.js';
import { answering, plainAnswer, startTarget } from '../kit/http-target.js';
import { type House, startHouse } from '../kit/house.js';
import { backTo, holdings, until } from '../kit/leak.js';
import { sessionsOf } from '../kit/scenes.js';
import { createScope } from '../kit/scope.js';
import { type Target, echo, openTarget } from '../kit/target.js';

interface Scene {
  readonly house: House;
  readonly target: Target;
  readonly catalog: TestCatalog;
  readonly entries: readonly BookEntry[];
  /** Stands before the last hop. */
  readonly gate: Gate;
  /** One session; as it was when it ended. */
  readonly visit: () => Promise<Session>;
  /** Sessions come until one goes over a spare, and another one waits for the next. */
  readonly warm: () => Promise<void>;
}

const socks = { scheme: 'socks5h' } as const;
const life = { how: 'outlived', after: millis(40_000) } as const;

const withScene = async (act: (scene: Scene) => Promise<void>): Promise<void> => {
  const base = holdings();
  {
    await using scope = createScope();
    const target = scope.use(await openTarget(echo));
    const scripts: readonly HopScript[] = [{ scheme: 'socks5h' }, { scheme: 'https' }, { scheme: 'socks4a' }];
    const hops = await Promise.all(scripts.map(openHop));
    for (const hop of hops) scope.use(hop);
    const [first, second, last] = hops;
    assert.ok(first && second && last);
    const gate = scope.use(await openGate(last));
    const urls = [first.url, second.url, `socks4a://127.0.0.1:${gate.port}`];
    const entries = urls.map((url, nth) => entryOf(url, nth === 2 ? { spareLife: life } : {}));
    const catalog = createCatalog(entries);
    const guards = createGuards({ random: Math.random, wallClock: () => today });
    const house = scope.use(
      await startHouse(urls.join(','), {
        book: { catalog, guards, own: () => [] },
        named: { other: urls.slice(1).join(',') },
      }),
    );
    const visit = async (): Promise<Session> => {
      const { socket, ok } = await ask(house.port, { protocol: 'socks5', target: target.name });
      assert.ok(ok);
      socket.write('hello');
      assert.equal((await hear(socket, 5)).toString(), 'hello');
      socket.end();
      await hearAll(socket);
      await until(() => house.controller.snapshot.sessions.length === 0, 'it is over');
      const session = sessionsOf(house).at(-1);
      assert.ok(session);
      return session;
    };
    const warm = async (): Promise<void> => {
      for (let tries = 0; (await visit()).ahead === undefined; tries += 1) assert.ok(tries < 10);
      // Every other connection is closed with its session.
      await until(() => openAt(gate) > 0, 'a spare waits');
    };
    await act({ house, target, catalog, entries, gate, visit, warm });
  }
  await backTo(base);
};

/** Connections that are open at the last hop. */
const openAt = ({ came }: Gate): number => came.filter(({ closed, readableEnded }) => !closed && !readableEnded).length;

describe('a session over a spare tunnel', () => {
  test('has the time of the last hop only, says so, and is one dial', async () => {
    await withScene(async ({ warm, house, target }) => {
      await warm();
      const last = sessionsOf(house).at(-1);
      assert.deepEqual([last?.ahead, last?.tries, last?.state.phase], [2, 1, 'closed']);
      assert.deepEqual(last && 'opened' in last.state && last.state.opened.map(({ hop, connect }) => [hop, connect]), [
        [3, undefined],
      ]);
      assert.equal(target.calls.length, house.controller.snapshot.totals.served);
    });
  });

  test('that is no good any more has failed nobody: it is one dial of all hops, and no hop is worse for it', async () => {
    await withScene(async ({ house, gate, visit }) => {
      gate.meet();
      gate.meet();
      // Every spare is gone as soon as something is said over it.
      gate.meet((socket) => socket.once('data', () => socket.resetAndDestroy()));
      for (let count = 0; count < 2; count += 1) await visit();
      await until(() => openAt(gate) === 1, 'a spare is there');
      const session = await visit();
      assert.deepEqual([session.ahead, session.tries, session.state.phase], [undefined, 1, 'closed']);
      const { totals, hops, edges } = house.controller.snapshot;
      assert.deepEqual([totals.served, totals.failed], [3, 0]);
      assert.deepEqual(
        [...hops, ...edges].map((each) => each.standing).filter((standing) => standing !== 'up'),
        [],
      );
      assert.ok(hops.every(({ hour: { good, all } }) => good === all));
    });
  });

  test('may be a plain request through a tunnel, too', async () => {
    await withScene(async ({ house, warm }) => {
      const page = await startTarget(answering(() => plainAnswer('ok')));
      await warm();
      const client = await connectRaw(house.port);
      client.socket.end(`GET http://page.test:${page.port}/ HTTP/1.1\r\nHost: page.test:${page.port}\r\n\r\n`);
      assert.match((await hearAll(client.socket)).bytes.toString(), /^HTTP\/1\.1 200 [^]*ok/);
      assert.equal(sessionsOf(house).at(-1)?.ahead, 2);
      await page.close();
    });
  });
});

describe('spare tunnels that wait are ended', () => {
  const commands: readonly Command[] = [
    { do: 'renew', identity: '' },
    { do: 'reload' },
    { do: 'use-cascade', name: 'other' },
  ];
  for (const command of commands) {
    test(`by ${command.do}`, async () => {
      await withScene(async ({ house, gate, warm }) => {
        await warm();
        await house.controller.execute(command);
        await until(() => openAt(gate) === 0, 'none is open');
      });
    });
  }

  test('where one of their hops is put into quarantine, and no session goes over them', async () => {
    await withScene(async ({ house, target, gate, catalog, entries, warm }) => {
      await warm();
      const calls = target.calls.length;
      catalog.swap(entries.map((entry, nth) => (nth === 1 ? { ...entry, shelf: 'quarantine' } : entry)));
      const { socket, ok } = await ask(house.port, { protocol: 'socks5', target: target.name });
      socket.destroy();
      assert.equal(ok, false);
      await until(() => openAt(gate) === 0, 'none is open');
      assert.equal(target.calls.length, calls);
    });
  });

  test('where the engine goes over to another cascade by itself', async () => {
    await using scope = createScope();
    const target = scope.use(await openTarget(echo));
    const [first, last, well] = await Promise.all([openHop({ scheme: 'http' }), openHop(socks), openHop(socks)]);
    for (const hop of [first, last, well]) scope.use(hop);
    const gate = scope.use(await openGate(first));
    const limits = { interval: millis(300), quick: millis(30), tick: millis(20), space: millis(50) };
    const guards = createGuards({ random: Math.random, wallClock: () => today });
    const house = scope.use(
      await startHouse(`http://127.0.0.1:${gate.port},${last.url}`, {
        book: { catalog: createCatalog([entryOf(last.url, { spareLife: life })]), guards, own: () => [] },
        named: { well: well.url },
        order: ['test', 'well'],
        pulse: { probes: true, limits },
      }),
    );
    for (let count = 0; count < 3; count += 1) {
      const { socket } = await ask(house.port, { protocol: 'socks5', target: target.name });
      socket.destroy();
    }
    await until(() => house.controller.snapshot.sessions.length === 0, 'they are over');
    await until(() => openAt(gate) > 0, 'a spare waits');
    // Whoever comes now is turned away; the spare is as good as before.
    for (let count = 0; count < 500; count += 1) gate.meet((socket) => socket.destroy());
    await until(() => house.controller.snapshot.cascade === 'well', 'the other one is in use', 15_000);
    await until(() => openAt(gate) === 0, 'none is open');
  });

  test('with the engine', async () => {
    await withScene(async ({ house, gate, warm }) => {
      await warm();
      await house.close();
      await until(() => openAt(gate) === 0, 'none is open');
    });
  });
});
