/** Probes over real sockets: the way they go, what they find, how many there are, and that none is left. */

import assert from 'node:assert/strict';
import { type TestContext, after, before, describe, test } from 'node:test';
import { parseCascade } from '../../src/model/cascade.js';
import { millis, now } from '../../src/model/brand.js';
import type { Standing } from '../../src/model/standing.js';
import { type Health, type HealthLimits, createHealth } from '../../src/health/health.js';
import { freeDoor } from '../kit/dials.js';
import { openDoor } from '../kit/door.js';
import type { Fault } from '../kit/faults.js';
import { type HopScript, type TestHop, chainOf, openHop, openHops } from '../kit/hops.js';
import { type Holdings, backTo, holdings, until } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';
import { speeches } from '../kit/speech.js';
import { createTime, seeded } from './stage.js';

const interval = 1_000;
const quick: Partial<HealthLimits> = {
  ...{ interval: millis(interval), quick: millis(20), longest: millis(4 * interval), urgent: millis(50) },
  ...{ tick: millis(10), space: millis(40), patience: millis(200) },
};

/** Names that end in .invalid are known to nobody; all else is this machine. */
const resolve = (host: string): string | undefined => (host.endsWith('.invalid') ? undefined : '127.0.0.1');

/** A pulse that probes one cascade; ended with the scope. */
interface Scene {
  readonly health: Health;
  readonly hops: readonly TestHop[];
  readonly standing: (hop: number) => Standing;
  readonly edge: (from: number, to: number) => Standing;
  readonly whole: () => Standing;
}

const withScene = async (
  scripts: readonly HopScript[],
  act: (scene: Scene) => Promise<void>,
  chain: (hops: readonly TestHop[]) => string = chainOf,
): Promise<void> => {
  await using scope = createScope();
  const hops = await openHops(...scripts.map((script) => ({ resolve, ...script })));
  for (const hop of hops) scope.use(hop);
  const cascade = parseCascade('test', chain(hops));
  const proxies = cascade.positions.flatMap(({ among }) => among);
  const health = createHealth({
    ...{ clock: now, wallClock: Date.now, random: seeded(7), door: freeDoor(), limits: quick },
    cascades: () => [{ cascade, warm: true }],
  });
  scope.defer(health.stop);
  health.begin();
  await act({
    ...{ health, hops },
    standing: (hop) => health.hops().find(({ proxy }) => proxy === proxies[hop - 1]?.id)?.standing ?? 'unknown',
    edge: (from, to) =>
      health.edges().find((way) => way.from === proxies[from - 1]?.id && way.to === proxies[to - 1]?.id)?.standing ??
      'unknown',
    whole: () => health.standingOf(cascade),
  });
};

const three: readonly HopScript[] = [{ scheme: 'http' }, { scheme: 'socks5h' }, { scheme: 'socks4a' }];
const isIll = (standing: Standing): boolean => standing === 'suspect' || standing === 'down';

describe('probes', { concurrency: 4 }, () => {
  let base: Holdings;
  before(() => {
    base = holdings();
  });
  after(() => backTo(base));

  test('a cascade that works is found up, hop by hop, and its last hop is asked for a name that cannot exist', async () => {
    await withScene(three, async ({ hops, standing, edge, whole }) => {
      await until(() => whole() === 'up', 'a cascade that is up');
      assert.deepEqual([1, 2, 3].map(standing), ['up', 'up', 'up']);
      assert.deepEqual([edge(1, 2), edge(2, 3)], ['up', 'up']);
      const asked = hops[2]?.visits.map((visit) => visit.asked);
      assert.ok(
        asked?.every((each) => each !== undefined && /^[0-9a-v]{16}\.invalid$/.test(each.host) && each.port === 443),
      );
    });
  });

  test('hop 3 is asked through hop 2 and hop 2 through hop 1, never from here', async () => {
    await withScene(three, async ({ hops }) => {
      await until(() => (hops[2]?.visits.length ?? 0) >= 3, 'three probes');
      for (const place of [1, 2]) {
        const ways = new Set(hops[place - 1]?.visits.map(({ onward }) => onward));
        for (const { link } of hops[place]?.visits ?? []) assert.ok(ways.has(link), `${link} came past hop ${place}`);
      }
    });
  });

  const speaks = (scheme: 'http' | 'socks5h' | 'socks4a') => speeches[scheme];
  const faults: readonly (readonly [string, (script: HopScript) => Fault])[] = [
    ['hangs', () => ({ play: 'silence', at: 'accept' })],
    ['hangs when it is asked', () => ({ play: 'silence', at: 'request' })],
    ['answers in no protocol', () => ({ play: 'answer', at: 'request', bytes: Buffer.from('what?'), then: 'hold' })],
    [
      'says yes to everything and reaches nothing',
      ({ scheme }) => ({
        play: 'answer',
        at: 'request',
        bytes: speaks(scheme === 'https' ? 'http' : scheme).yes,
        then: 'hold',
      }),
    ],
  ];
  for (const place of [1, 2, 3]) {
    for (const [what, fault] of faults) {
      test(`hop ${place} ${what}: it or a way at it is found ill`, async () => {
        const scripts = three.map((script, index) =>
          index === place - 1 ? { ...script, fault: fault(script) } : script,
        );
        await withScene(scripts, async ({ standing, edge }) => {
          const named = (): boolean =>
            isIll(standing(place)) || isIll(edge(place - 1, place)) || isIll(edge(place, place + 1));
          await until(named, `hop ${place} in trouble`);
          for (const other of [1, 2, 3])
            if (other !== place) assert.ok(!isIll(standing(other)), `hop ${other} is accused`);
        });
      });
    }

    test(`hop ${place} is killed: within two intervals it, or a way at it, is not good; back again, it is`, async () => {
      await withScene(three, async ({ hops, standing, edge, whole }) => {
        await until(() => whole() === 'up', 'a cascade that is up');
        const began = performance.now();
        await hops[place - 1]?.slam();
        await until(() => isIll(whole()), 'a cascade in trouble');
        assert.ok(performance.now() - began <= 2 * interval, `${performance.now() - began} ms`);
        assert.ok(isIll(standing(place)) || isIll(edge(place - 1, place)));
        await until(() => whole() === 'down', 'a cascade that is down');
      });
    });
  }

  test('a hop that is silent because the next one swallows everything is asked by itself, and the way between them is named', async () => {
    await using scope = createScope();
    const [first, third] = await openHops({ scheme: 'socks5h' }, { scheme: 'http' });
    assert.ok(first !== undefined && third !== undefined);
    scope.use(first);
    scope.use(third);
    const second = scope.use(
      await openDoor((client) => {
        client.on('data', (bytes: Buffer) => {
          if (bytes.includes('.invalid:443')) client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        });
      }),
    );
    const cascade = parseCascade('test', `${first.url},http://127.0.0.1:${second.port},${third.url}`);
    const health = createHealth({
      ...{ clock: now, wallClock: Date.now, random: seeded(2), door: freeDoor(), limits: quick },
      cascades: () => [{ cascade, warm: true }],
    });
    scope.defer(health.stop);
    health.begin();
    const ids = cascade.positions.map(({ among }) => among[0]?.id);
    await until(() => health.standingOf(cascade) === 'down', 'a cascade that is down');
    const ill = health.edges().filter(({ standing }) => isIll(standing));
    assert.deepEqual(
      ill.map(({ from, to }) => [from, to]),
      [[ids[1], ids[2]]],
    );
    assert.ok(health.hops().every(({ standing }) => !isIll(standing)));
    assert.equal(third.visits.length, 0);
  });

  test('a hop that just closes when it does not find a name is neither good nor bad for that', async () => {
    const fault: Fault = { play: 'answer', at: 'request', bytes: Buffer.alloc(0), then: 'fin' };
    await withScene([{ scheme: 'http' }, { scheme: 'socks5h', fault }], async ({ hops, standing, edge }) => {
      await until(() => (hops[1]?.visits.length ?? 0) >= 3, 'three probes');
      assert.equal(standing(2), 'unknown');
      assert.ok(!isIll(edge(1, 2)));
    });
  });

  test('a hop that answers before it dials, and closes at once, is not called a liar', async () => {
    const fault: Fault = { play: 'answer', at: 'request', bytes: speaks('socks5h').yes, then: 'fin' };
    await withScene([{ scheme: 'http' }, { scheme: 'socks5h', fault }], async ({ hops, standing }) => {
      await until(() => (hops[1]?.visits.length ?? 0) >= 3, 'three probes');
      assert.equal(standing(2), 'unknown');
    });
  });

  test('all alternatives of a position are probed, and a dead one does not make the cascade ill', async () => {
    const fork = (hops: readonly TestHop[]): string =>
      `${hops[0]?.url ?? ''},${hops[1]?.url ?? ''}|${hops[2]?.url ?? ''}`;
    const fault: Fault = { play: 'silence', at: 'accept' };
    await withScene(
      [{ scheme: 'http' }, { scheme: 'socks5h' }, { scheme: 'socks5h', fault }],
      async ({ standing, edge, whole }) => {
        await until(() => standing(2) === 'up' && edge(1, 3) === 'down', 'both found');
        assert.equal(whole(), 'up');
        assert.equal(standing(1), 'up');
      },
      fork,
    );
  });

  test('no proxy has more than two probes at once, and stop leaves none', async (t: TestContext) => {
    t.diagnostic('sessions wait, and the hop hangs');
    const fault: Fault = { play: 'silence', at: 'accept' };
    await using scope = createScope();
    const entry = scope.use(await openHop({ scheme: 'http', fault }));
    const exits = await openHops(...Array.from({ length: 6 }, (): HopScript => ({ scheme: 'http' })));
    for (const exit of exits) scope.use(exit);
    const cascade = parseCascade('test', `${entry.url},${exits.map(({ url }) => url).join('|')}`);
    const health = createHealth({
      ...{
        clock: now,
        wallClock: Date.now,
        random: seeded(3),
        door: freeDoor(),
        limits: { ...quick, patience: millis(100) },
      },
      cascades: () => [{ cascade, warm: false }],
    });
    health.begin();
    let most = 0;
    await until(() => {
      health.urge(cascade);
      most = Math.max(most, entry.sockets.size);
      return entry.visits.length >= 12;
    }, 'twelve probes');
    health.stop();
    await until(() => entry.sockets.size === 0, 'no probe');
    // A socket that is ended here may be seen open over there for a moment longer than its successor.
    assert.ok(most >= 2 && most <= 4, `${most} at once`);
  });

  test('stop calls off a probe that hangs, at once', async () => {
    await withScene(
      [{ scheme: 'http', fault: { play: 'silence', at: 'accept' } }],
      async ({ health, hops, standing }) => {
        await until(() => hops[0]?.sockets.size === 1, 'a probe');
        health.stop();
        await until(() => hops[0]?.sockets.size === 0, 'no probe', 150);
        assert.equal(standing(1), 'unknown');
      },
    );
  });
});

test('a cascade that was not used for 30 minutes is not probed, one that is kept warm is', async () => {
  await using scope = createScope();
  const [cold, warm] = await openHops({ scheme: 'http', resolve }, { scheme: 'http', resolve });
  assert.ok(cold !== undefined && warm !== undefined);
  scope.use(cold);
  scope.use(warm);
  const time = createTime();
  const cascades = [cold, warm].map(({ url }, index) => ({
    cascade: parseCascade(`c${index}`, url),
    warm: index === 1,
  }));
  const health = createHealth({
    ...{ clock: time.clock, wallClock: time.wallClock, after: time.after, random: seeded(1), door: freeDoor() },
    cascades: () => cascades,
  });
  scope.defer(health.stop);
  const round = async (): Promise<void> => {
    const visits = warm.visits.length;
    time.pass(40_000);
    await until(() => warm.visits.length > visits && warm.sockets.size + cold.sockets.size === 0, 'a round of probes');
  };
  health.begin();
  await round();
  const visits = (): number => cold.visits.length;
  assert.equal(visits(), 0);
  const [first] = cascades;
  if (first !== undefined) health.used(first.cascade);
  await round();
  await round();
  assert.ok(visits() >= 1);
  time.pass(1_800_000);
  await round();
  const seen = visits();
  await round();
  await round();
  assert.equal(visits(), seen);
  if (first !== undefined) health.probeNow(first.cascade);
  await round();
  assert.equal(visits(), seen + 1);
  health.stop();
  assert.equal(time.waiting(), 0);
});
