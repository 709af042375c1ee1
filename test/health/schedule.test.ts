/** When probes are due, on a clock that the test moves: how often, how soon after a failure, how seldom after many, and when none. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type At, millis } from '../../src/model/brand.js';
import { type Cascade, parseCascade } from '../../src/model/cascade.js';
import type { Route } from '../../src/model/route.js';
import { type Pace, createSchedule, usualPace } from '../../src/health/schedule.js';
import { seeded } from './stage.js';

const single = parseCascade('test', 'http://a.test:1,http://b.test:1');
const fork = parseCascade('test', 'http://a.test:1,http://b.test:1|http://c.test:1|http://d.test:1');

/** A world of probes that end at once. */
interface World {
  well: boolean | undefined;
  unsettled: boolean;
  offline: boolean;
  heard: number | undefined;
  barred: string | undefined;
  rows: readonly Route[];
}

const createWorld = (cascade: Cascade, pace: Pace = usualPace) => {
  const world: World = { well: true, unsettled: false, offline: false, heard: undefined, barred: undefined, rows: [] };
  const schedule = createSchedule(pace, {
    ...{
      random: seeded(5),
      usable: () => true,
      mayPass: (proxy) => proxy.id !== world.barred,
      unsettled: () => world.unsettled,
      offline: () => world.offline,
    },
    heardAt: () => world.heard as At | undefined,
    rows: () => world.rows,
  });
  let second = 0;
  const probes: { readonly second: number; readonly route: Route; readonly focus: string }[] = [];
  return {
    ...{ world, schedule, probes },
    now: () => (second * 1_000) as At,
    /** Passes the seconds one by one; gives when there were probes, counted from the first of these seconds. */
    pass: (seconds: number, warm = false): readonly number[] => {
      const before = probes.length;
      const began = second;
      for (; second < began + seconds; second += 1) {
        const at = (second * 1_000) as At;
        const errand = schedule.due(cascade, warm, at);
        if (errand === undefined) continue;
        schedule.began(errand, at);
        schedule.ended(errand, world.well, at);
        probes.push({ second: second - began, ...errand });
      }
      return probes.slice(before).map((probe) => probe.second);
    },
  };
};

const gaps = (seconds: readonly number[]): readonly number[] =>
  seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0));

test('a cascade that is used is probed every 30 s, give or take a tenth', () => {
  const { schedule, pass, now } = createWorld(single);
  assert.deepEqual(pass(100), []);
  schedule.use(now());
  const spans = gaps(pass(1_700));
  assert.ok(spans.length >= 50);
  assert.ok(
    spans.every((span) => span >= 27 && span <= 34),
    spans.join(),
  );
  assert.ok(new Set(spans).size > 2);
});

test('after 30 minutes without a session it is not probed, unless it is kept warm', () => {
  const { schedule, pass, now } = createWorld(single);
  schedule.use(now());
  pass(1_800);
  assert.deepEqual(pass(3_600), []);
  assert.ok(pass(120, true).length >= 3);
  assert.deepEqual(pass(600), []);
});

test('while a failure is fresh it is tried again after 1, 2, 4, 8 and 16 s, and then as usual', () => {
  const { world, schedule, pass, now } = createWorld(single);
  schedule.use(now());
  [world.well, world.unsettled] = [false, true];
  assert.deepEqual(pass(50).slice(0, 6), [0, 1, 3, 7, 15, 31]);
});

test('a cascade that stays as it is after many failures is probed ever more seldom, every 10 minutes in the end', () => {
  const { world, pass } = createWorld(single);
  world.well = false;
  const spans = gaps(pass(20_000, true));
  assert.ok(Math.max(...spans.slice(0, 3)) <= 34);
  for (const [index, span] of spans.entries()) assert.ok(span <= 661 && span >= (spans[index - 1] ?? 0) * 0.8);
  assert.ok(spans.slice(-5).every((span) => span >= 540));
});

test('one that sessions wait for is probed at once and every second, until it works', () => {
  const { world, schedule, pass, now } = createWorld(single);
  world.well = false;
  pass(20_000, true);
  schedule.urge(now());
  assert.deepEqual(gaps(pass(10)), Array(9).fill(1));
  world.well = true;
  assert.equal(pass(20).length, 1);
});

test('sessions wait for 30 s at most: without asking again the hurry is over', () => {
  const { world, schedule, pass, now } = createWorld(single);
  world.well = false;
  schedule.urge(now());
  assert.ok(pass(30).length >= 29);
  assert.ok(pass(60).length <= 3);
});

test('while the network is off, the interval does not grow', () => {
  const { world, pass } = createWorld(single);
  [world.well, world.offline] = [false, true];
  assert.ok(gaps(pass(3_000, true)).every((span) => span <= 34));
});

test('what sessions show need not be asked: evidence makes the next probe later', () => {
  const { world, schedule, pass, now } = createWorld(single);
  schedule.use(now());
  world.heard = now();
  assert.deepEqual(pass(26), []);
  world.heard = now();
  assert.deepEqual(pass(26), []);
  assert.equal(pass(10).length, 1);
});

test('all alternatives have their turn within an interval, evenly', () => {
  const { schedule, probes, now } = createWorld(fork);
  schedule.use(now());
  const counts = new Map<string, number>();
  for (let second = 0; second < 600; second += 1) {
    const at = (second * 1_000) as At;
    const errand = schedule.due(fork, false, at);
    if (errand === undefined) continue;
    schedule.began(errand, at);
    schedule.ended(errand, true, at);
    assert.ok(errand.route.hops.some(({ id }) => id === errand.focus));
    counts.set(errand.focus, (counts.get(errand.focus) ?? 0) + 1);
  }
  assert.equal(probes.length, 0);
  assert.equal(counts.size, 3);
  for (const count of counts.values()) assert.ok(count >= 17 && count <= 23, String(count));
});

test('a probe that takes long gets a second one beside it, and no third', () => {
  const { schedule } = createWorld(single);
  const due = (second: number) => schedule.due(single, true, (second * 1_000) as At);
  const first = due(0);
  assert.ok(first !== undefined);
  schedule.began(first, 0 as At);
  assert.equal(due(4), undefined);
  const second = due(5);
  assert.ok(second !== undefined);
  schedule.began(second, 5_000 as At);
  for (const later of [6, 10, 60, 600]) assert.equal(due(later), undefined);
});

test('a probe that somebody wants is sent once, also for a cascade that nobody uses', () => {
  const { schedule, pass } = createWorld(single);
  schedule.wish();
  assert.deepEqual(pass(100), [0]);
});

test('behind a jump of the clock nothing is due before its time', () => {
  const { schedule, pass } = createWorld(single);
  schedule.postpone(millis(7_000) as unknown as At);
  assert.deepEqual(pass(10, true), [7]);
});

const ids = ({ hops }: Route): readonly string[] => hops.map(({ id }) => id);

test('a proxy that may be in no route is not probed, nor is a cascade that has nobody else at its place', () => {
  const { world, schedule, pass, probes, now } = createWorld(fork);
  schedule.use(now());
  world.barred = 'http://b.test:1';
  pass(600);
  assert.deepEqual(new Set(probes.map(({ route }) => ids(route)[1])), new Set(['http://c.test:1', 'http://d.test:1']));
  const alone = createWorld(single);
  alone.schedule.use(alone.now());
  alone.world.barred = 'http://a.test:1';
  assert.deepEqual(alone.pass(600), []);
});

test('of a cascade that draws from the book the rows that were drawn are probed, each as it was', () => {
  const { world, schedule, pass, probes, now } = createWorld(parseCascade('test', '{up}~random,{slow}~random'));
  schedule.use(now());
  assert.deepEqual(pass(100), []);
  const rows = [single, fork].map((cascade) => ({
    ...cascade,
    hops: cascade.positions.map(({ among }) => among.at(-1)),
  }));
  world.rows = rows as unknown as readonly Route[];
  pass(600);
  assert.deepEqual(
    new Set(probes.map(({ route }) => ids(route).join())),
    new Set(['http://a.test:1,http://b.test:1', 'http://a.test:1,http://d.test:1']),
  );
  assert.ok(probes.length >= 30, `${probes.length}`);
});
