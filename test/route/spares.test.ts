/** Spare tunnels: when they are opened, whom they are for, and how long they wait. */

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, describe, test } from 'node:test';
import type { Identity, Route } from '../../src/model/route.js';
import { createAborter } from '../../src/net/signal.js';
import { discard } from '../../src/route/pool.js';
import { cascadeId, freeDoor } from '../kit/dials.js';
import { until } from '../kit/leak.js';
import { afresh, dialAs, overSpare, seen, withSpares } from '../kit/spares.js';
import { httpAnswer } from '../kit/speech.js';

describe('a spare tunnel', () => {
  test('is prepared once sessions come one after the other, and leaves only the last hop to be asked', async () => {
    await withSpares({}, async ({ spares, session, gate, hops, target }) => {
      assert.deepEqual(seen(await session()), afresh);
      assert.equal(spares.waiting(), 0);
      assert.deepEqual(seen(await session()), afresh);
      await until(() => spares.waiting() === 1, 'a spare waits');
      // Nothing was said to the last hop over it.
      assert.deepEqual(
        hops[2]?.visits.map(({ asked }) => asked?.port),
        [target.port, target.port, undefined],
      );
      assert.equal(gate.came[2]?.bytesRead, 0);
      assert.deepEqual(seen(await session()), overSpare);
      assert.deepEqual(
        hops[2].visits.slice(0, 3).map(({ asked }) => asked?.port),
        [target.port, target.port, target.port],
      );
      // The session that took it has made room for the next one.
      await until(() => spares.waiting() === 1, 'another spare waits');
      assert.equal(gate.came.length, 4);
    });
  });

  test('is told of what it passed by itself only, and leads to the target over TLS to the hops as well', async () => {
    await withSpares({ schemes: ['https', 'socks4a', 'https'] }, async ({ warm, session, gate }) => {
      await warm();
      assert.deepEqual(seen(await session()), overSpare);
      assert.ok(gate.came.length <= 4);
    });
  });

  test('of a single hop is its connection', async () => {
    await withSpares({ schemes: ['http'] }, async ({ warm, session }) => {
      await warm();
      assert.deepEqual(seen(await session()), { hops: [1], ahead: [0] });
    });
  });

  for (const [what, life] of [
    ['was never measured', undefined],
    ['is short', 4_999],
  ] as const) {
    test(`is not prepared where the life of a silent connection ${what}`, async () => {
      await withSpares({ life }, async ({ session, gate }) => {
        for (let count = 1; count < 6; count += 1) {
          assert.deepEqual(seen(await session()), afresh);
          assert.equal(gate.came.length, count);
        }
      });
    });
  }

  test('is for its identity, its cascade and its very row of hops', async () => {
    await withSpares({}, async ({ spares, route, warm, session, gate }) => {
      await warm();
      const [first, second, third] = route.hops;
      assert.ok(second && third);
      const others: readonly Route[] = [
        { ...route, identity: 'alice' as Identity },
        { ...route, cascade: cascadeId('other') },
        // The same proxies by their names, but read anew: a login, or what is trusted, may be another one.
        { ...route, hops: [first, second, { ...third, hop: { ...third.hop } }] },
        { ...route, hops: [{ ...first, hop: { ...first.hop } }, second, third] },
      ];
      for (const other of others) assert.deepEqual(seen(await session(other)), afresh);
      const shorter = await session({ ...route, hops: [first, third] });
      assert.deepEqual(seen(shorter), { hops: [1, 2], ahead: [] });
      assert.ok(spares.waiting() >= 1);
      const [, , spare] = gate.came;
      assert.equal(spare?.bytesRead, 0);
      assert.deepEqual(seen(await session()), overSpare);
      assert.notEqual(spare.bytesRead, 0);
    });
  });

  test('is taken once, and two at most wait however many come at once', async () => {
    await withSpares({}, async ({ spares, warm, session, gate, target }) => {
      await warm();
      const all = await Promise.all(Array.from({ length: 8 }, () => session()));
      assert.equal(all.filter(({ ahead }) => ahead.length > 0).length, 1);
      assert.equal(target.calls.length, 10);
      await until(() => spares.waiting() >= 1, 'a spare waits');
      assert.ok(spares.waiting() <= 2);
      assert.equal(gate.came.length, 10 + spares.waiting());
    });
  });

  test('is no way for plain requests that the last hop forwards itself', async () => {
    await withSpares({ schemes: ['socks5h', 'http'] }, async ({ spares, route, warm, gate }) => {
      await warm();
      const dialer = { door: freeDoor(), onHop: () => undefined, onAhead: () => assert.fail() };
      discard(await spares.dial(route, 'last hop', dialer, createAborter()));
      assert.deepEqual([spares.waiting(), gate.came.length], [1, 4]);
    });
  });
});

describe('spare tunnels follow the sessions', () => {
  /** Lets time pass, as the program sees it. */
  const passing = ({ mock }: TestContext): ((span: number) => void) => {
    const real = performance.now.bind(performance);
    let passed = 0;
    mock.method(performance, 'now', () => real() + passed);
    return (span) => {
      passed += span;
    };
  };

  test('none is opened where the last session was longer ago than a spare would wait', async (context) => {
    const pass = passing(context);
    await withSpares({ life: 10_000 }, async ({ spares, session, gate }) => {
      for (let count = 1; count < 4; count += 1) {
        assert.deepEqual(seen(await session()), afresh);
        assert.equal(gate.came.length, count);
        pass(6_001);
      }
      await session();
      pass(5_900);
      await session();
      await until(() => spares.waiting() === 1, 'a spare waits');
    });
  });

  test('who could not be reached ahead is tried again after a minute', async (context) => {
    const pass = passing(context);
    await withSpares({ schemes: ['socks5h', 'https'] }, async ({ spares, session, gate }) => {
      gate.meet();
      gate.meet();
      gate.meet((socket) => socket.destroy());
      await session();
      await session();
      await until(() => gate.came.length === 3, 'the last hop is reached ahead');
      for (let count = 4; count < 7; count += 1) {
        await session();
        assert.equal(gate.came.length, count);
        pass(20_000);
      }
      pass(1_000);
      await session();
      await until(() => spares.waiting() === 1, 'a spare waits');
    });
  });

  test('16 wait in all, however many identities come', async () => {
    await withSpares({ schemes: ['http'] }, async ({ spares, route, session, gate }) => {
      for (let nth = 0; nth < 20; nth += 1) {
        const own: Route = { ...route, identity: `user ${nth}` as Identity };
        await session(own);
        await session(own);
        await until(() => spares.waiting() === Math.min(nth + 1, 16), 'a spare waits');
      }
      assert.equal(gate.came.length, 56);
    });
  });
});

describe('a spare that waits', () => {
  const waits = async ({ mock }: TestContext, life: number, span: number): Promise<void> => {
    await withSpares({ life }, async ({ spares, session, gate, warm }) => {
      mock.timers.enable({ apis: ['setTimeout'] });
      try {
        await warm();
        mock.timers.tick(span - 1);
        assert.equal(spares.waiting(), 1);
        mock.timers.tick(1);
        assert.equal(spares.waiting(), 0);
        await until(() => gate.came[2]?.closed === true, 'its connection is closed');
        assert.equal(gate.came.length, 3);
      } finally {
        mock.timers.reset();
      }
      assert.deepEqual(seen(await session()), afresh);
    });
  };

  test('is ended well before the last hop would, and no other takes its place', async (context) => {
    await waits(context, 10_000, 6_000);
  });

  test('is ended after 25 s, however long the last hop bears silence', async (context) => {
    await waits(context, 200_000, 25_000);
  });

  const moves: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['ended', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
    ['told anything', (socket) => socket.write(httpAnswer(408))],
  ];
  for (const [what, move] of moves) {
    test(`and is ${what} is thrown away: that is remembered, and no session hears of it`, async () => {
      await withSpares({}, async ({ spares, lives, session, gate, warm }) => {
        await warm();
        const [, , spare] = gate.came;
        assert.ok(spare);
        move(spare);
        await until(() => spares.waiting() === 0, 'it is thrown away');
        assert.equal(lives.ends.length, 1);
        assert.ok((lives.ends[0] ?? -1) >= 0);
        assert.deepEqual(seen(await session()), afresh);
      });
    });
  }

  test('is ended with its identity, with what it was opened for, and with all', async () => {
    await withSpares({}, async ({ spares, lives, route, session, gate, warm }) => {
      const isEnded = async (nth: number, when: 'now' | 'soon' = 'now'): Promise<void> => {
        if (when === 'now') assert.equal(spares.waiting(), 0);
        await until(() => gate.came[nth]?.closed === true, 'its connection is closed');
      };
      await warm();
      spares.renew('other' as Identity);
      assert.equal(spares.waiting(), 1);
      spares.renew(route.identity);
      await isEnded(2);
      await session();
      await until(() => spares.waiting() === 1, 'a spare waits');
      spares.clear();
      await isEnded(4);
      await session();
      await until(() => spares.waiting() === 1, 'a spare waits');
      // Who may be in a route may be another now, as far as the book tells.
      lives.change += 1;
      assert.deepEqual(seen(await session()), afresh);
      await until(() => gate.came[6]?.closed === true, 'its connection is closed');
      await until(() => spares.waiting() === 1, 'a spare waits');
      // That is seen without a session, too.
      lives.change += 1;
      await isEnded(8, 'soon');
      await session();
      await until(() => spares.waiting() === 1, 'a spare waits');
      spares.close();
      await isEnded(10);
      await session();
      await session();
      assert.deepEqual([spares.waiting(), gate.came.length, lives.ends.length], [0, 13, 0]);
    });
  });
});

describe('a spare that is being opened', () => {
  test('is not where what the session began with is no more', async () => {
    await withSpares({}, async ({ spares, route, session, gate, target }) => {
      await session();
      const held = new Promise<Socket>((resolve) => {
        gate.meet(resolve);
      });
      const under = dialAs(spares, route, target.name);
      const socket = await held;
      spares.clear();
      gate.letThrough(socket);
      discard((await under).tunnel);
      assert.equal(gate.came.length, 2);
      await session();
      await until(() => spares.waiting() === 1, 'a spare waits');
      assert.equal(gate.came.length, 4);
    });
  });

  test('is called off with its identity, and that is held against nobody', async () => {
    await withSpares({ schemes: ['http', 'https'] }, async ({ spares, route, session, gate }) => {
      gate.meet();
      gate.meet();
      // It takes the connection, and never speaks TLS.
      gate.meet((socket) => socket.resume());
      await session();
      await session();
      await until(() => gate.came.length === 3, 'the last hop is reached ahead');
      spares.renew(route.identity);
      await until(() => gate.came[2]?.readableEnded === true || gate.came[2]?.closed === true, 'it is given up');
      await session();
      await until(() => spares.waiting() === 1, 'a spare waits');
    });
  });

  test('and cannot be is no mishap: nobody hears of it, and it is not tried again at once', async () => {
    await withSpares({ schemes: ['socks5h', 'https'] }, async ({ spares, lives, session, gate }) => {
      gate.meet();
      gate.meet();
      gate.meet((socket) => socket.destroy());
      await session();
      await session();
      await until(() => gate.came.length === 3, 'the last hop is reached ahead');
      for (let count = 4; count < 8; count += 1) {
        assert.deepEqual(seen(await session()), { hops: [1, 2], ahead: [] });
        assert.equal(gate.came.length, count);
      }
      assert.deepEqual([spares.waiting(), lives.ends.length], [0, 0]);
    });
  });
});
