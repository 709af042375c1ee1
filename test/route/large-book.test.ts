/** Routes from a large book: nobody waits until it has been read, and nobody gets what it does not mean any more. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import type { At } from '../../src/model/brand.js';
import type { BookEntry } from '../../src/model/book.js';
import { parseCascade } from '../../src/model/cascade.js';
import { KaskadeError } from '../../src/model/error.js';
import type { Identity } from '../../src/model/route.js';
import { createGuards } from '../../src/route/guards.js';
import { createPlanner } from '../../src/route/plan.js';
import { createCatalog } from '../kit/catalog.js';
import { entryOf, today } from '../kit/entries.js';
import { tellEvidence } from '../kit/evidence.js';
import { createChance } from '../kit/wire.js';

test('a large book is read in pieces, and meanwhile only those are drawn of before who are still meant', async () => {
  const all = Array.from({ length: 1_000 }, (_, nth) =>
    entryOf(`socks5h://11.${nth >> 8}.${nth & 255}.1:1080`, { shelf: 'released' }),
  );
  const withShelf = (isFree: (nth: number) => boolean): readonly BookEntry[] =>
    all.map((entry, nth) => (isFree(nth) ? entry : { ...entry, shelf: 'quarantine' }));
  const inner = createCatalog(all);
  let at = 0;
  // Whoever reads the book is told that it took a millisecond each.
  const catalog = {
    ...inner,
    *candidates(...wish: Parameters<typeof inner.candidates>) {
      for (const candidate of inner.candidates(...wish)) {
        at += 1;
        yield candidate;
      }
    },
  };
  const { below } = createChance(5);
  const random = (): number => below(2 ** 30) / 2 ** 30;
  const guards = createGuards({ random, wallClock: () => today });
  const planner = createPlanner({
    ...{ evidence: tellEvidence(), random, clock: () => at as At, book: { catalog, own: () => [], guards } },
  });
  const cascade = parseCascade('test', '{}~first-up,{}~random');
  const drawn = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, nth) =>
      planner.plan(cascade, { identity: `${nth}` as Identity, target: parseEndpoint('target.test:443') }),
    ).flatMap(({ hops }) => hops.map(({ id }) => id));
  const among = (isFree: (nth: number) => boolean): ReadonlySet<string> =>
    new Set(all.flatMap(({ id }, nth) => (isFree(nth) ? [id] : [])));

  const others = (async () => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return at;
  })();
  await Promise.all([planner.ready(cascade), planner.ready(cascade)]);
  assert.equal(inner.asked(), 1, 'one reading serves all');
  assert.ok((await others) < 1_000, 'others have had their turn in between');
  assert.equal(drawn(50).length, 100);
  assert.equal(inner.asked(), 1);

  const isEven = (nth: number): boolean => nth % 2 === 0;
  inner.swap(withShelf(isEven));
  const even = among(isEven);
  assert.ok(drawn(100).every((id) => even.has(id)));
  assert.equal(inner.asked(), 1, 'what was before serves');
  await planner.ready(cascade);
  await planner.ready(cascade);
  assert.ok(drawn(20).every((id) => even.has(id)));

  inner.swap(withShelf((nth) => nth === 7 || nth === 501));
  const two = among((nth) => nth === 7 || nth === 501);
  assert.ok(drawn(20).every((id) => two.has(id)));
  inner.swap(withShelf((nth) => nth === 7));
  assert.throws(
    () => drawn(1),
    (thrown) => thrown instanceof KaskadeError && thrown.code === 'no-route-fits',
  );
});
