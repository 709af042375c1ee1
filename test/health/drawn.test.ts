/** Which rows of a cascade that draws from the book are judged and probed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type At, millis } from '../../src/model/brand.js';
import { type Cascade, asProxy, parseCascade } from '../../src/model/cascade.js';
import { parseHop } from '../../src/model/hop.js';
import type { Identity, Route } from '../../src/model/route.js';
import { createDrawn } from '../../src/health/drawn.js';

const cascade = parseCascade('test', '{up}~random,{slow}~random');

const rowOf = (...names: readonly string[]): Route =>
  ({
    ...{ cascade: cascade.id, identity: '' as Identity, drawn: true },
    hops: names.map((name) => asProxy(parseHop(`http://${name}.test:1`), 'book')),
  }) as unknown as Route;

const createScene = () => {
  const world = { at: 0, barred: new Set<string>(), ill: new Set<string>(), drawn: 0 };
  let next: Route | undefined;
  const labels = (route: Route): readonly string[] => route.hops.map(({ hop }) => hop.endpoint.host).map(nameOf);
  const drawn = createDrawn({
    ...{ clock: () => world.at as At, idle: millis(1_000), interval: millis(100) },
    mayPass: ({ hop }) => !world.barred.has(nameOf(hop.endpoint.host)),
    isWhole: (route) => labels(route).every((label) => !world.ill.has(label)),
    draw: () => {
      world.drawn += 1;
      return next;
    },
  });
  const shown = (rows: readonly Route[]): readonly string[] => rows.map((row) => labels(row).join(' '));
  return {
    ...{ world, drawn },
    offer: (row: Route | undefined) => {
      next = row;
    },
    rows: (of: Cascade = cascade) => shown(drawn.rows(of)),
    toProbe: () => shown(drawn.rowsToProbe(cascade)),
  };
};

const nameOf = (host: { readonly kind: string }): string =>
  'name' in host ? String(host.name).replace(/\.test$/, '') : '';

test('the four latest rows are kept, each once, for as long as cascades are probed without sessions', () => {
  const { world, drawn, rows } = createScene();
  for (const name of ['a', 'b', 'c', 'd', 'b', 'e']) drawn.took(rowOf(name, 'x'));
  assert.deepEqual(rows(), ['e x', 'b x', 'd x', 'c x']);
  world.at = 999;
  drawn.took(rowOf('d', 'x'));
  world.at = 1_500;
  assert.deepEqual(rows(), ['d x']);
});

test('a row with a proxy that may be in no route any more is forgotten, and so are those of another cascade of that name', () => {
  const { world, drawn, rows } = createScene();
  drawn.took(rowOf('a', 'x'));
  drawn.took(rowOf('b', 'x'));
  world.barred.add('b');
  assert.deepEqual(rows(), ['a x']);
  world.barred.clear();
  assert.deepEqual(rows(), ['a x']);
  assert.deepEqual(rows(parseCascade('test', '{up}~random,{grade>=anonymous}~random')), []);
  assert.deepEqual(rows(), []);
});

test('nothing is drawn while a row is whole; then another one is, and where none is left it is not asked again at once', () => {
  const { world, drawn, offer, toProbe } = createScene();
  drawn.took(rowOf('a', 'x'));
  offer(rowOf('b', 'x'));
  assert.deepEqual([toProbe(), world.drawn, drawn.isDry(cascade.id)], [['a x'], 0, false]);
  world.ill.add('a');
  assert.deepEqual([toProbe(), toProbe(), world.drawn], [['b x', 'a x'], ['b x', 'a x'], 1]);
  world.ill.add('b');
  offer(undefined);
  assert.deepEqual(
    [toProbe(), toProbe(), world.drawn, drawn.isDry(cascade.id)],
    [['b x', 'a x'], ['b x', 'a x'], 2, true],
  );
  world.at = 100;
  offer(rowOf('c', 'x'));
  assert.deepEqual([toProbe(), world.drawn, drawn.isDry(cascade.id)], [['c x', 'b x', 'a x'], 3, false]);
});
