/** Tunnels that are kept: for whom, how long, and what ends them. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import type { Identity, Route } from '../../src/model/route.js';
import type { Tunnel } from '../../src/net/relay.js';
import { type Pool, createPool, discard } from '../../src/route/pool.js';
import { cascadeId, dialThrough, routeOf } from '../kit/dials.js';
import { type TestHop, openHop } from '../kit/hops.js';
import { type Holdings, backTo, holdings, until } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';
import { type Target, echo, openTarget } from '../kit/target.js';

interface Scene {
  readonly pool: Pool;
  readonly hop: TestHop;
  readonly target: Target;
  readonly route: Route;
  readonly open: () => Promise<Tunnel>;
  /** What was held before any tunnel was opened. */
  readonly base: Holdings;
}

const withScene = async (act: (scene: Scene) => Promise<void>): Promise<void> => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const hop = scope.use(await openHop({ scheme: 'http' }));
  const pool = createPool();
  const base = holdings();
  const open = async (): Promise<Tunnel> => (await dialThrough(hop.url, target.name)).tunnel;
  await act({ pool, hop, target, route: routeOf(hop.url), open, base });
  pool.close();
  await backTo(base);
};

const there = parseEndpoint('target.test:80');

test('a kept tunnel is for the same route, identity and target only', async () => {
  await withScene(async ({ pool, hop, route, open }) => {
    const tunnel = await open();
    pool.put(route, there, tunnel);
    const others: readonly (readonly [Route, string])[] = [
      [route, 'target.test:81'],
      [route, 'other.test:80'],
      [{ ...route, identity: 'alice' as Identity }, 'target.test:80'],
      [{ ...route, cascade: cascadeId('other') }, 'target.test:80'],
      // The same proxies by their names, but read from a chain of their own: the login may be another one.
      [routeOf(hop.url), 'target.test:80'],
      [routeOf(`${hop.url},http://more.test:80`), 'target.test:80'],
    ];
    for (const [other, target] of others) assert.equal(pool.take(other, parseEndpoint(target)), undefined);
    assert.equal(pool.take(route, there), tunnel);
    assert.equal(pool.take(route, there), undefined);
    discard(tunnel);
  });
});

test('the tunnel that was kept last is used first', async () => {
  await withScene(async ({ pool, route, open }) => {
    const [older, newer] = [await open(), await open()];
    pool.put(route, there, older);
    pool.put(route, there, newer);
    assert.deepEqual([pool.take(route, there) === newer, pool.take(route, there) === older], [true, true]);
    for (const tunnel of [older, newer]) discard(tunnel);
  });
});

test('a tunnel that is taken carries bytes as if it had never been kept', async () => {
  await withScene(async ({ pool, route, open }) => {
    pool.put(route, there, await open());
    const tunnel = pool.take(route, there);
    assert.ok(tunnel !== undefined);
    tunnel.stream.write('echo');
    const [bytes] = (await once(tunnel.stream.resume(), 'data')) as [Buffer];
    assert.equal(bytes.toString(), 'echo');
    assert.deepEqual([tunnel.stream.listenerCount('data'), tunnel.stream.listenerCount('end')], [0, 1]);
    discard(tunnel);
  });
});

const disturbances: readonly (readonly [string, (scene: Scene) => Promise<unknown>])[] = [
  ['anything comes from the target', async ({ target }) => (await target.call(0)).socket.write('you did not ask')],
  ['the target hangs up', async ({ target }) => (await target.call(0)).socket.end()],
  ['the target resets it', async ({ target }) => (await target.call(0)).socket.resetAndDestroy()],
  ['the hop dies', ({ hop }) => hop.slam()],
];

for (const [what, disturb] of disturbances) {
  test(`a kept tunnel is ended when ${what}`, async () => {
    await withScene(async (scene) => {
      const { pool, route, open } = scene;
      const tunnel = await open();
      pool.put(route, there, tunnel);
      await disturb(scene);
      await until(() => tunnel.outward.socket.destroyed, 'the end of the tunnel');
      assert.equal(pool.take(route, there), undefined);
    });
  });
}

test('a kept tunnel is ended when nobody wants it for four seconds', async ({ mock }: TestContext) => {
  await withScene(async ({ pool, route, open }) => {
    const tunnel = await open();
    mock.timers.enable({ apis: ['setTimeout'] });
    pool.put(route, there, tunnel);
    mock.timers.tick(3_999);
    assert.equal(tunnel.stream.destroyed, false);
    mock.timers.tick(1);
    assert.equal(tunnel.stream.destroyed, true);
    assert.equal(pool.take(route, there), undefined);
    mock.timers.reset();
  });
});

test('six are kept for one target, and 256 in all', async () => {
  await withScene(async ({ pool, route, open }) => {
    const tunnels: Tunnel[] = [];
    for (let count = 0; count < 8; count += 1) tunnels.push(await open());
    for (const tunnel of tunnels) pool.put(route, there, tunnel);
    assert.equal(tunnels.filter(({ stream }) => !stream.destroyed).length, 6);
    for (let port = 1; port <= 252; port += 1)
      pool.put(route, parseEndpoint(`target.test:${port + 100}`), await open());
    const last = pool.take(route, parseEndpoint('target.test:350'));
    assert.ok(last !== undefined);
    discard(last);
    assert.equal(pool.take(route, parseEndpoint('target.test:352')), undefined);
  });
});

test('nothing is kept that has ended, or after the end', async () => {
  await withScene(async ({ pool, target, route, open, base }) => {
    const destroyed = await open();
    destroyed.stream.destroy();
    pool.put(route, there, destroyed);
    const ended = await open();
    (await target.call(1)).socket.end();
    await once(ended.stream.resume(), 'end');
    pool.put(route, there, ended);
    assert.equal(pool.take(route, there), undefined);
    assert.equal(ended.stream.destroyed, true);
    const kept = await open();
    pool.put(route, there, kept);
    pool.close();
    assert.equal(kept.stream.destroyed, true);
    const late = await open();
    pool.put(route, there, late);
    assert.equal(late.stream.destroyed, true);
    await backTo(base);
  });
});

test('the tunnels of one identity are ended at its wish, and no others', async () => {
  await withScene(async ({ pool, route, open }) => {
    const others: Route = { ...route, identity: 'other' as Identity };
    const [mine, theirs] = [await open(), await open()];
    pool.put(route, there, mine);
    pool.put(others, there, theirs);
    pool.renew(route.identity);
    assert.equal(mine.stream.destroyed, true);
    assert.equal(pool.take(route, there), undefined);
    assert.equal(pool.take(others, there), theirs);
    discard(theirs);
  });
});
