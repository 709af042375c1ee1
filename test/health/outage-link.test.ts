/** A link that goes down for a while, in a network namespace of the test's own: no hop loses its standing, and all goes on afterwards. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseCascade } from '../../src/model/cascade.js';
import { millis, now } from '../../src/model/brand.js';
import { createHealth } from '../../src/health/health.js';
import { freeDoor } from '../kit/dials.js';
import { openHops } from '../kit/hops.js';
import { until } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';
import { seeded } from './stage.js';

/** An address of this namespace that is not loopback: it goes with its link. */
const address = '10.77.0.1';

const ip = (line: string): void => void execFileSync('ip', line.split(' '));
const linkUp = (): void => {
  for (const line of [
    'link add out type veth peer name far',
    `addr add ${address}/24 dev out`,
    'link set far up',
    'link set out up',
  ])
    ip(line);
  ip('route add default dev out');
};

/** What is seen: the standings before, while the link is down, and after. */
interface Seen {
  readonly before: readonly string[];
  readonly down: readonly string[];
  readonly after: readonly string[];
}

/** Runs inside the namespace. */
const watch = async (): Promise<Seen> => {
  await using scope = createScope();
  ip('link set lo up');
  linkUp();
  const resolve = (host: string): string | undefined => (host.endsWith('.invalid') ? undefined : address);
  const script = { scheme: 'http', address: '0.0.0.0', host: address, resolve } as const;
  const hops = await openHops(script, script, script);
  for (const hop of hops) scope.use(hop);
  const [one, two, three] = hops.map(({ url }) => url);
  const cascade = parseCascade('test', `${one},${two}|${three}`);
  const looks: number[] = [];
  const health = createHealth({
    ...{ clock: now, wallClock: Date.now, random: seeded(1), door: freeDoor() },
    cascades: () => {
      looks.push(now());
      return [{ cascade, warm: true }];
    },
    limits: {
      ...{ interval: millis(200), quick: millis(20), longest: millis(400), urgent: millis(20), tick: millis(10) },
      ...{ space: millis(40), patience: millis(300) },
    },
  });
  scope.defer(health.stop);
  const standings = (): readonly string[] => [
    ...[...health.hops(), ...health.edges()].map(({ standing }) => standing),
    health.network(),
  ];
  health.begin();
  await until(() => standings().filter((standing) => standing === 'up').length === 6, 'all that is up');
  const before = standings();
  ip('link del out');
  await until(() => health.network() === 'offline', 'an outage that is noticed');
  looks.length = 0;
  await until(() => looks.length > 150, 'an outage that lasts');
  const down = standings();
  linkUp();
  await until(() => health.network() === 'online', 'the end of the outage');
  return { before, down, after: standings() };
};

if (process.argv[2] === 'inside') {
  console.log(JSON.stringify(await watch()));
} else {
  const link = 'ip link add out type veth peer name far';
  const canUnshare = spawnSync('unshare', ['-rn', ...link.split(' ')]).status === 0;
  test('while the link is down no hop and no way loses its standing', { skip: !canUnshare }, () => {
    const self = fileURLToPath(import.meta.url);
    const { stdout, stderr, status } = spawnSync('unshare', ['-rn', process.execPath, self, 'inside'], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const seen = JSON.parse(stdout) as Seen;
    const up = Array<string>(6).fill('up');
    assert.deepEqual(seen.before, [...up, 'online']);
    assert.deepEqual(seen.down, [...up, 'offline']);
    assert.deepEqual(seen.after, [...up, 'online']);
  });
}
