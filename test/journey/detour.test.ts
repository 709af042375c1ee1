/** Switching to the next cascade of an order: only where the user wants it, said each time, and none again until all were tried. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis } from '../../src/model/brand.js';
import { ask } from '../kit/clients.js';
import { apart, openHop } from '../kit/hops.js';
import { type House, startHouse } from '../kit/house.js';
import { until } from '../kit/leak.js';
import { noticesOf } from '../kit/scenes.js';
import { createScope } from '../kit/scope.js';
import { echo, openTarget } from '../kit/target.js';

const limits = { interval: millis(300), quick: millis(30), tick: millis(20), space: millis(50), patience: millis(500) };

/** Three cascades of one hop; the one of them that works is called `well`. */
const withCascades = async (
  order: readonly string[] | undefined,
  act: (house: House, target: string, calls: () => number) => Promise<void>,
): Promise<void> => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const [first, second] = [await openHop(apart({ scheme: 'http' })), await openHop(apart({ scheme: 'socks5h' }))];
  await first.slam();
  await second.slam();
  const well = scope.use(await openHop({ scheme: 'socks4a' }));
  const house = scope.use(
    await startHouse(first.url, {
      named: { second: second.url, well: well.url },
      pulse: { probes: true, limits },
      ...(order === undefined ? {} : { order }),
    }),
  );
  await act(house, target.name, () => target.calls.length);
};

const opens = async ({ port }: House, target: string): Promise<boolean> => {
  const { socket, ok } = await ask(port, { protocol: 'socks5', target });
  socket.destroy();
  return ok;
};

test('without an order a cascade that is down stays in use, and sessions are refused', async () => {
  await withCascades(undefined, async (house, target, calls) => {
    await until(() => house.controller.snapshot.hops.some(({ standing }) => standing === 'down'), 'down', 10_000);
    assert.equal(await opens(house, target), false);
    assert.equal(house.controller.snapshot.cascade, 'test');
    assert.deepEqual(
      noticesOf(house).filter(({ topic }) => topic === 'switched'),
      [],
    );
    assert.equal(calls(), 0);
  });
});

test('with an order the next ones are tried in turn, each switch is told, and sessions go where it is well', async () => {
  await withCascades(['test', 'second', 'well'], async (house, target, calls) => {
    await until(() => house.controller.snapshot.cascade === 'well', 'the one that works is in use', 15_000);
    assert.equal(await opens(house, target), true);
    assert.equal(calls(), 1);
    const told = noticesOf(house).flatMap(({ topic, text }) => (topic === 'switched' ? [text] : []));
    assert.deepEqual(told, [
      'The cascade test is down: new sessions go through second now.',
      'The cascade second is down: new sessions go through well now.',
    ]);
    await until(() => house.controller.snapshot.hops.some(({ standing }) => standing === 'up'), 'up', 10_000);
    assert.equal(house.controller.snapshot.cascade, 'well');
  });
});
