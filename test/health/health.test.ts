/** The pulse as the line and the faces see it: evidence goes in, judgement comes out. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import { millis } from '../../src/model/brand.js';
import type { Failure } from '../../src/model/failure.js';
import type { HopHealth } from '../../src/model/standing.js';
import { createStage, noWay, refusal } from './stage.js';

const threeHops = 'socks5h://198.51.100.1:1,http://198.51.100.2:2,http://198.51.100.3:3';
const forks = 'http://198.51.100.1:1|http://198.51.100.11:1,http://198.51.100.2:2|http://198.51.100.22:2';

/** Tells of a failure as often as it takes to put something down. */
const fourTimes = ({ time }: ReturnType<typeof createStage>, tell: () => void): void => {
  for (let count = 0; count < 4; count += 1) {
    time.pass(6_000);
    tell();
  }
};

test('a dial that went well makes all hops and ways good, and what was not dialled stays unknown', () => {
  const stage = createStage(forks);
  const { health, route, well, standing, edge, proxy } = stage;
  assert.equal(health.standingOf(stage.cascade), 'unknown');
  well(route());
  well(route());
  assert.deepEqual([standing(proxy(1)), standing(proxy(2)), edge(proxy(1), proxy(2))], ['up', 'up', 'up']);
  assert.deepEqual([standing(proxy(1, 1)), standing(proxy(2, 1))], ['unknown', 'unknown']);
  assert.equal(health.standingOf(stage.cascade), 'up');
});

test('a hop that does not forward to the next one is told of the way; the next one is not shown as good', () => {
  const stage = createStage(threeHops);
  const { health, route, well, standing, edge, proxy } = stage;
  well(route());
  fourTimes(stage, () => {
    health.failed(route(), refusal(1, 2));
  });
  assert.equal(edge(proxy(1), proxy(2)), 'down');
  assert.deepEqual([standing(proxy(1)), standing(proxy(2))], ['up', 'unknown']);
  assert.equal(health.usable(proxy(2), proxy(1)), false);
  assert.equal(health.usable(proxy(2)), true);
  assert.equal(health.usable(proxy(1)), true);
  assert.equal(health.mishapOf(proxy(2), proxy(1))?.code, 'onward-refused');
  assert.equal(health.standingOf(stage.cascade), 'down');
});

test('a hop that refuses all next hops is the one that is down, and no way is', () => {
  const stage = createStage(forks);
  const { health, route, standing, edge, proxy } = stage;
  fourTimes(stage, () => {
    health.failed(route(0, 0), refusal(1, 2));
    health.failed(route(0, 1), refusal(1, 2));
  });
  assert.equal(standing(proxy(1)), 'down');
  assert.equal(edge(proxy(1), proxy(2)), 'unknown');
  assert.notEqual(standing(proxy(2)), 'down');
});

test('a hop at which everybody fails is the one that is down', () => {
  const stage = createStage(forks);
  const { health, route, well, standing, edge, proxy } = stage;
  fourTimes(stage, () => {
    health.failed(route(0, 0), refusal(1, 2));
    health.failed(route(1, 0), refusal(1, 2));
    well(route(0, 1));
    well(route(1, 1));
  });
  assert.equal(standing(proxy(2)), 'down');
  assert.equal(edge(proxy(1), proxy(2)), 'unknown');
  assert.deepEqual([standing(proxy(1)), standing(proxy(1, 1)), standing(proxy(2, 1))], ['up', 'up', 'up']);
  assert.equal(health.standingOf(stage.cascade), 'up');
});

test('one way that fails while both its ends do well otherwise is that way', () => {
  const stage = createStage(forks);
  const { health, route, well, standing, edge, proxy } = stage;
  fourTimes(stage, () => {
    health.failed(route(0, 0), refusal(1, 2, 'onward-denied'));
    well(route(0, 1));
    well(route(1, 0));
  });
  assert.equal(edge(proxy(1), proxy(2)), 'down');
  assert.deepEqual([standing(proxy(1)), standing(proxy(2))], ['up', 'up']);
});

test('a hop that refuses one next hop, which its peers reach, is said to filter; one that loses evenly is not', () => {
  const filtersAfter = (dials: (stage: ReturnType<typeof createStage>, round: number) => void): readonly boolean[] => {
    const stage = createStage(forks);
    for (let round = 0; round < 30; round += 1) {
      stage.time.pass(10_000);
      dials(stage, round);
      for (const index of [0, 1]) stage.well(stage.route(1, index));
    }
    return [0, 1].map(
      (index) => stage.health.hops().find(({ proxy }) => proxy === stage.proxy(1, index).id)?.filters ?? false,
    );
  };
  const filtering = filtersAfter(({ health, route, well }) => {
    health.failed(route(0, 0), refusal(1, 2, 'onward-denied'));
    well(route(0, 1));
  });
  assert.deepEqual(filtering, [true, false]);
  const losing = filtersAfter(({ health, route, well }, round) => {
    if (round % 10 === 3) health.failed(route(0, round % 2), refusal(1, 2));
    else well(route(0, round % 2));
  });
  assert.deepEqual(losing, [false, false]);
});

test('a target that cannot be reached takes nothing from the last hop; three of them and no good one do', () => {
  const stage = createStage(threeHops);
  const { health, route, standing, proxy, time } = stage;
  for (let count = 0; count < 20; count += 1) {
    time.pass(6_000);
    health.failed(route(), refusal(3, 'target'), parseEndpoint('down.example:80'));
  }
  assert.equal(standing(proxy(3)), 'up');
  for (let count = 0; count < 12; count += 1) {
    time.pass(6_000);
    health.failed(route(), refusal(3, 'target'), parseEndpoint(`site-${count % 3}.example:80`));
  }
  assert.equal(standing(proxy(3)), 'down');
});

test('errors of this machine count against nobody', () => {
  for (const note of ['EMFILE', 'EADDRNOTAVAIL', 'ENETUNREACH', 'ENETDOWN']) {
    const stage = createStage(threeHops);
    fourTimes(stage, () => {
      stage.health.failed(stage.route(), noWay(note));
    });
    assert.equal(stage.standing(stage.proxy(1)), 'unknown', note);
  }
  for (const code of ['out-of-files', 'client-gone', 'stopped'] as const) {
    const stage = createStage(threeHops);
    fourTimes(stage, () => {
      stage.health.failed(stage.route(), { code });
    });
    assert.ok(
      stage.health.hops().every(({ standing }) => standing === 'unknown'),
      code,
    );
  }
});

test('a wrong password is the fault of that hop alone', () => {
  const stage = createStage(threeHops);
  const wrong: Failure = { code: 'hop-auth-refused', blame: { reporter: 1, suspect: 2, phase: 'auth' } };
  fourTimes(stage, () => {
    stage.passed(stage.route(), 1);
    stage.health.failed(stage.route(), wrong);
  });
  assert.equal(stage.standing(stage.proxy(2)), 'down');
  assert.notEqual(stage.standing(stage.proxy(1)), 'down');
});

test('in an outage of a minute no hop loses its standing, and what failed before it was noticed is taken back', () => {
  const stage = createStage(forks);
  const { health, route, well, time } = stage;
  for (const first of [0, 1]) for (const second of [0, 1]) well(route(first, second));
  const shown = () => new Map(health.hops().map(({ proxy, standing, hour }) => [proxy, { standing, hour }]));
  const before = shown();
  const late: Failure = { code: 'hop-timeout', blame: { reporter: 0, suspect: 1, phase: 'tcp' } };
  for (let second = 0; second < 60; second += 6) {
    time.pass(6_000);
    health.failed(route(0, 0), late);
    if (second > 20) health.failed(route(1, 1), late);
  }
  assert.equal(health.network(), 'offline');
  assert.deepEqual(shown(), before);
  well(route());
  assert.equal(health.network(), 'online');
});

test('after the machine slept, what failed meanwhile is nobody’s fault', () => {
  let slept = 0;
  const stage = createStage(threeHops);
  const sleepy = createStage(threeHops, {
    ...{ clock: stage.time.clock, after: stage.time.after, cascades: () => [] },
    wallClock: () => stage.time.wallClock() + slept,
  });
  sleepy.health.begin();
  stage.time.pass(3_000);
  sleepy.well(sleepy.route());
  slept = 3_600_000;
  for (let count = 0; count < 4; count += 1) {
    stage.time.pass(100);
    sleepy.health.failed(sleepy.route(), noWay());
  }
  assert.equal(sleepy.health.mishapOf(sleepy.proxy(1)), undefined);
  stage.time.pass(6_000);
  sleepy.health.failed(sleepy.route(), noWay());
  assert.equal(sleepy.health.mishapOf(sleepy.proxy(1))?.code, 'hop-unreachable');
  sleepy.health.stop();
});

test('who waits for another choice hears of every change and of nothing else', () => {
  const stage = createStage(threeHops);
  const heard: number[] = [];
  const forget = stage.health.onChange(() => void heard.push(stage.time.clock()));
  stage.well(stage.route());
  assert.ok(heard.length > 0);
  heard.length = 0;
  stage.well(stage.route());
  assert.equal(heard.length, 0);
  fourTimes(stage, () => {
    stage.health.failed(stage.route(), noWay());
  });
  assert.equal(heard.join().split(',').length >= 2, true);
  forget();
  heard.length = 0;
  stage.well(stage.route());
  stage.well(stage.route());
  assert.equal(heard.length, 0);
});

test('a proxy that failed is steady again after three good tries', () => {
  const { health, route, well, proxy, time } = createStage(threeHops);
  well(route());
  health.failed(route(), noWay());
  const steady: boolean[] = [];
  for (let count = 0; count < 4; count += 1) {
    steady.push(health.steady(proxy(1)));
    time.pass(1_000);
    well(route());
  }
  assert.deepEqual(steady, [false, false, false, true]);
});

test('faces hear what has changed, many changes at once, and none when they have gone', () => {
  const { health, route, well, time } = createStage(threeHops);
  const reports: (readonly HopHealth[])[] = [];
  const forget = health.onReport((hops) => void reports.push(hops));
  for (let count = 0; count < 100; count += 1) well(route());
  assert.equal(reports.length, 0);
  time.pass(250);
  assert.equal(reports.length, 1);
  assert.deepEqual(
    reports[0]?.map(({ standing }) => standing),
    ['up', 'up', 'up'],
  );
  time.pass(1_000);
  assert.equal(reports.length, 1);
  forget();
  well(route());
  assert.equal(time.waiting(), 0);
});

test('evidence that has become stale is shown as unknown', () => {
  const { health, route, well, time, standing, proxy } = createStage(threeHops);
  well(route());
  time.pass(899_000);
  assert.equal(standing(proxy(1)), 'up');
  time.pass(2_000);
  assert.deepEqual(
    health.hops().map((hop) => hop.standing),
    ['unknown', 'unknown', 'unknown'],
  );
});

test('the week, the day and the hour outlive the process, without credentials, in little room', () => {
  const secret = 'http://mallory:hunter2@198.51.100.1:1,socks5h://198.51.100.2:2';
  const stage = createStage(secret);
  for (let count = 0; count < 40; count += 1) {
    stage.time.pass(1_800_000);
    stage.well(stage.route());
    if (count % 3 === 0) stage.health.failed(stage.route(), noWay());
  }
  const saved = stage.health.save();
  assert.ok(!/mallory|hunter2/.test(saved));
  assert.ok(saved.length < 2 * 1_500);
  const { wallClock } = stage.time;
  const again = createStage(secret, { saved, wallClock });
  const kept = (hop: HopHealth) => [hop.proxy, hop.week, hop.day, hop.hour];
  assert.deepEqual(again.health.hops().map(kept), stage.health.hops().map(kept));
  assert.deepEqual(
    again.health.hops().map(({ standing }) => standing),
    ['unknown', 'unknown'],
  );
});

test('saved nonsense is passed over', () => {
  const proxy = { proxy: 'x', week: '.'.repeat(168), day: Array<number>(48).fill(0), hour: Array<number>(60).fill(0) };
  const nonsense = [
    ...['', '{', 'null', '[]', '{"version":2}', '{"version":1,"at":1,"proxies":{}}'],
    JSON.stringify({ version: 1, at: 1, proxies: [null, 1, {}, { ...proxy, week: 'x' }, { ...proxy, day: [1] }] }),
    JSON.stringify({ version: 1, at: 1, proxies: [{ ...proxy, day: [5, 1, ...proxy.day.slice(2)] }] }),
    JSON.stringify({ version: 1, at: 1, proxies: [{ ...proxy, proxy: 'a\u001b[31m' }] }),
  ];
  for (const saved of nonsense) assert.deepEqual(createStage(threeHops, { saved }).health.hops(), [], saved);
});

test('more proxies than there is room for: the one that was longest not used is forgotten', () => {
  const stage = createStage(threeHops, { limits: { proxies: 2, edges: 2 } });
  stage.well(stage.route());
  assert.equal(stage.health.hops().length, 2);
  assert.equal(stage.health.edges().length, 2);
});

test('over a spare tunnel the hop before the last one is seen to work, and is not slow by a time that was none of its own', () => {
  const { health, route, proxy, passed, standing, time } = createStage(threeHops);
  const [first, second] = route().hops;
  assert.ok(second);
  // What it took as a last hop, where it waits for the target, is no time of its own.
  for (let count = 0; count < 3; count += 1) {
    health.passed({ ...route(), hops: [first, second] }, { hop: 2, label: '', exchange: millis(14_000) });
    time.pass(1_000);
    passed(route(), 3);
  }
  assert.deepEqual([standing(proxy(2)), standing(proxy(3))], ['up', 'up']);
});

test('the patience with a proxy follows what it took lately', () => {
  const { health, route, proxy, well, time } = createStage(threeHops);
  assert.equal(health.patienceFor(proxy(1)), 15_000);
  for (let count = 0; count < 20; count += 1) well(route());
  assert.equal(health.patienceFor(proxy(1)), 1_000);
  assert.equal(health.timeOf(proxy(1)), 20);
  health.firstByte(route(), millis(70));
  assert.deepEqual(health.hops().at(-1)?.firstByte, { p50: 100, p90: 100 });
  time.pass(1);
});
