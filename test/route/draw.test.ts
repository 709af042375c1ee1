/** Routes that are drawn from the book: every rule is kept, no route is missed, and a refusal names what stands in the way. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from '../../src/model/address.js';
import type { At } from '../../src/model/brand.js';
import type { BookEntry } from '../../src/model/book.js';
import { type Cascade, type Proxy, parseCascade } from '../../src/model/cascade.js';
import { KaskadeError } from '../../src/model/error.js';
import type { Identity } from '../../src/model/route.js';
import { createChoice } from '../../src/route/choice.js';
import { createDrawing } from '../../src/route/drawing.js';
import { createGuards } from '../../src/route/guards.js';
import { createPlanner } from '../../src/route/plan.js';
import { type Scene, everyRow, randomBook } from '../kit/books.js';
import { createCatalog } from '../kit/catalog.js';
import { entryOf, today } from '../kit/entries.js';
import { tellEvidence } from '../kit/evidence.js';
import { createChance } from '../kit/wire.js';

const stageOf = (scene: Scene, random: () => number) => {
  const catalog = createCatalog(scene.entries, scene.blocked);
  let [at, days] = [0, 0];
  const parts = {
    evidence: scene.evidence,
    random,
    clock: () => at as At,
    book: {
      catalog,
      own: () => scene.own,
      guards: createGuards({ random, wallClock: () => (today + days * 86_400_000) as typeof today }),
    },
  };
  const planner = createPlanner(parts);
  const wanted = (identity: string) => ({ identity: identity as Identity, target: scene.target });
  return {
    catalog,
    parts,
    wait: (span: number) => {
      at += span;
    },
    sleep: (nights: number) => {
      days += nights;
    },
    plan: (identity = '', barred = scene.barred): readonly Proxy[] | KaskadeError => {
      try {
        return planner.plan(scene.cascade, wanted(identity), barred).hops;
      } catch (thrown) {
        if (thrown instanceof KaskadeError) return thrown;
        throw thrown;
      }
    },
    renew: (identity: string) => {
      planner.renew(identity as Identity);
    },
    explain: () => {
      const drawing = createDrawing({ ...parts, choice: createChoice(parts) });
      return drawing.explain({ cascade: scene.cascade, wanted: wanted(''), barred: scene.barred });
    },
  };
};

const cascadeOf = (chain: string): Cascade => parseCascade('test', chain);

const sceneOf = (entries: readonly BookEntry[], chain: string, more: Partial<Scene> = {}): Scene => ({
  ...{ entries, blocked: new Set(), cascade: cascadeOf(chain), own: [], barred: new Set() },
  ...{ target: parseEndpoint('target.test:443'), evidence: tellEvidence() },
  ...more,
});

const idsOf = (hops: readonly { readonly id: string }[]): string => hops.map(({ id }) => id).join(' ');

const randomFrom = (seed: number): (() => number) => {
  const { below } = createChance(seed);
  return () => below(2 ** 30) / 2 ** 30;
};

const oneOf = <Item>(random: () => number, items: readonly [Item, ...Item[]]): Item =>
  items[Math.floor(random() * items.length)] ?? items[0];

const randomScene = (random: () => number): Scene => {
  const entries = randomBook(random, 2 + Math.floor(random() * 7));
  const evidence = tellEvidence();
  const some = (): BookEntry | undefined => entries[Math.floor(random() * entries.length)];
  const way = (): string => `${random() < 0.3 ? '' : (some()?.id ?? '')} > ${some()?.id ?? ''}`;
  // Of a hop that is down nobody can tell whether the way to it is down as well.
  const down = random() < 0.4 ? some()?.id : undefined;
  const ill = way();
  if (down !== undefined) evidence.down.add(down);
  if (random() < 0.4 && !ill.endsWith(`> ${down ?? ''}`)) evidence.down.add(ill);
  const length = 1 + Math.floor(random() * 3);
  const filters = Array.from(
    { length },
    () =>
      `{${oneOf(random, ['', 'up', 'grade>=anonymous', 'country!=FR', '!country=DE'])}}~${oneOf(random, ['random', 'random', 'first-up', 'fastest', 'sticky'])}`,
  );
  const repeat = oneOf(random, ['', '', ';repeat=country', ';repeat=country+network']);
  return {
    ...{ entries, evidence, cascade: cascadeOf(`${filters.join(',')}${repeat}`) },
    target: parseEndpoint(oneOf(random, ['target.test:443', 'target.test:80', '9.9.9.9:443', '[2a00:1::1]:80'])),
    blocked: new Set(random() < 0.2 ? entries.slice(0, 1).map(({ id }) => id) : []),
    own: random() < 0.3 ? ['81.1.7.7'] : [],
    barred: new Set(random() < 0.4 ? [way(), way()] : []),
  };
};

test('a route is drawn from 5000 random books exactly where brute force finds one, and it is one of those; a refusal counts right', () => {
  const random = randomFrom(7);
  const seen = { routes: 0, refused: 0, relaxed: 0 };
  for (let run = 0; run < 5_000; run += 1) {
    const scene = randomScene(random);
    const rows = everyRow(scene);
    const whole = new Set(rows.filter(({ broken }) => broken.size === 0).map(({ hops }) => idsOf(hops)));
    const stage = stageOf(scene, random);
    const said = `book ${run}: ${scene.entries.map(({ id }) => id).join(' ')}`;
    for (const identity of ['a', 'a', 'b']) {
      const hops = stage.plan(identity);
      if (hops instanceof KaskadeError) {
        assert.equal(whole.size, 0, said);
        assert.equal(hops.code, 'no-route-fits', said);
      } else assert.ok(whole.has(idsOf(hops)), said);
    }
    if (whole.size > 0) {
      seen.routes += 1;
      continue;
    }
    seen.refused += 1;
    const counts = new Map<string, number>();
    for (const { broken } of rows) {
      const [rule, ...others] = broken;
      if (rule !== undefined && others.length === 0 && rule !== 'same') counts.set(rule, (counts.get(rule) ?? 0) + 1);
    }
    const { relaxed, sampled } = stage.explain();
    assert.ok(!sampled);
    assert.deepEqual(
      new Map(relaxed.map(({ rule, rows: count, more }) => [rule, more ? -1 : count])),
      new Map(relaxed.map(({ rule }) => [rule, counts.get(rule) ?? 0])),
      said,
    );
    assert.equal(relaxed.length, counts.size, said);
    seen.relaxed += relaxed.length;
  }
  assert.ok(seen.routes > 1_000 && seen.refused > 1_000 && seen.relaxed > 1_000, JSON.stringify(seen));
});

test('every route that keeps the rules is drawn at random sooner or later, from tiny books', () => {
  const random = randomFrom(11);
  let checked = 0;
  while (checked < 60) {
    const scene = { ...randomScene(random), cascade: cascadeOf('{}~random,{up}~random') };
    const whole = everyRow(scene).filter(({ broken }) => broken.size === 0);
    if (whole.length < 2 || whole.length > 12) continue;
    checked += 1;
    const drawn = new Set<string>();
    const stage = stageOf(scene, random);
    // Each identity has entries of its own, so that all of them come up.
    for (let run = 0; run < 4_000 && drawn.size < whole.length; run += 1) {
      const hops = stage.plan(`identity ${run}`);
      assert.ok(!(hops instanceof KaskadeError));
      drawn.add(idsOf(hops));
    }
    assert.deepEqual([...drawn].sort(), whole.map(({ hops }) => idsOf(hops)).sort());
  }
});

const widePool = (count: number, change: (nth: number) => Partial<BookEntry> = () => ({})): readonly BookEntry[] =>
  Array.from({ length: count }, (_, nth) => {
    const address = `${20 + (nth % 150)}.${Math.floor(nth / 150) % 250}.0.${1 + (nth % 200)}`;
    return entryOf(`socks5h://${address}:1080`, {
      entry: { address, country: `${'ABCDEFGH'.charAt(nth % 8)}X`, network: nth % 97 },
      ...change(nth),
    });
  });

test('no rule is broken in 10000 draws', () => {
  const random = randomFrom(3);
  const entries = [...widePool(300), ...randomBook(random, 100)];
  const scene = sceneOf(entries, '{}~random,{up}~random,{country!=AX}~random', { own: ['20.0.9.9'] });
  const stage = stageOf(scene, random);
  const byId = new Map<string, BookEntry>(entries.map((entry) => [entry.id, entry]));
  for (let run = 0; run < 10_000; run += 1) {
    const hops = stage.plan(`identity ${run % 500}`);
    assert.ok(!(hops instanceof KaskadeError));
    const three = hops.map(({ id }, at) => ({ filter: scene.cascade.positions[at]?.filter, entry: byId.get(id) }));
    const found = three.map(({ entry }) => entry ?? entryOf('http://nobody'));
    const row = everyRow({ ...scene, entries: found }).find((each) => idsOf(each.hops) === idsOf(hops));
    assert.deepEqual([...(row?.broken ?? ['not meant by the filters'])], []);
  }
});

test('proxies are drawn as often as they are there, whatever their speed, within three sigma', () => {
  const random = randomFrom(5);
  const floors = [0.9, 0.6, 0.3, 0.1];
  const entries = widePool(4, (nth) => ({ trials: { good: 9, all: 10, floor: floors[nth] ?? 0 } }));
  const first = 'http://11.0.0.1:1';
  const stage = stageOf(sceneOf(entries, `${first},{}~random`), random);
  const runs = 20_000;
  const counts = new Map<string, number>();
  for (let run = 0; run < runs; run += 1) {
    const hops = stage.plan();
    assert.ok(!(hops instanceof KaskadeError));
    counts.set(hops[1]?.id ?? '', (counts.get(hops[1]?.id ?? '') ?? 0) + 1);
  }
  for (const [nth, { id }] of entries.entries()) {
    const share = (floors[nth] ?? 0) / 1.9;
    const sigma = Math.sqrt(runs * share * (1 - share));
    assert.ok(Math.abs((counts.get(id) ?? 0) - runs * share) <= 3 * sigma, `${id}: ${counts.get(id) ?? 0}`);
  }
});

test('an identity keeps three entries, through other choices and a renewal; another identity has its own', () => {
  const random = randomFrom(13);
  const stage = stageOf(sceneOf(widePool(400), '{}~random,{}~random'), random);
  const entriesOf = (identity: string, runs = 300): ReadonlySet<string> =>
    new Set(
      Array.from({ length: runs }, () => {
        const hops = stage.plan(identity);
        assert.ok(!(hops instanceof KaskadeError));
        return String(hops[0]?.id);
      }),
    );
  const first = entriesOf('work');
  assert.equal(first.size, 3);
  stage.renew('work');
  stage.wait(86_400_000);
  stage.sleep(29);
  assert.deepEqual(entriesOf('work'), first);
  assert.notDeepEqual(entriesOf('play'), first);
  stage.sleep(32);
  const later = entriesOf('work');
  assert.equal(later.size, 3);
  assert.ok([...later].every((id) => !first.has(id)));
});

test('an entry is replaced only when it is down or left the book, and one that comes back is used again', () => {
  const random = randomFrom(17);
  const evidence = tellEvidence();
  const pool = widePool(200);
  const stage = stageOf(sceneOf(pool, '{}~random,{}~random', { evidence }), random);
  const entries = (): readonly string[] => {
    const drawn = Array.from({ length: 200 }, () => {
      const hops = stage.plan('work');
      assert.ok(!(hops instanceof KaskadeError));
      return String(hops[0]?.id);
    });
    return [...new Set(drawn)].sort();
  };
  const [one = '', two = '', three = ''] = entries();
  evidence.down.add(one);
  const without = entries();
  assert.equal(without.length, 3);
  assert.ok(without.includes(two) && without.includes(three) && !without.includes(one));
  evidence.down.delete(one);
  assert.deepEqual(entries(), [one, two, three].sort());
  stage.catalog.swap(pool.filter(({ id }) => id !== two));
  const left = entries();
  assert.ok(left.includes(one) && left.includes(three) && !left.includes(two));
});

test('entries that were saved are the same in another process', () => {
  const wallClock = () => today;
  const [key, up] = [{ identity: 'work' as Identity, filter: 'up' }, () => true];
  const guards = createGuards({ random: () => 0.5, wallClock });
  for (const { id } of widePool(3)) guards.add(key, id, up);
  const again = createGuards({
    random: () => 0.5,
    wallClock,
    saved: JSON.parse(JSON.stringify(guards.save())) as never,
  });
  assert.deepEqual(again.of(key, up), guards.of(key, up));
  assert.deepEqual(again.of({ ...key, identity: 'play' as Identity }, up), []);
});

test('after a swap of lists no route goes through a proxy in quarantine, drawn, kept as entry, or named', () => {
  const random = randomFrom(19);
  const pool = widePool(60);
  const stage = stageOf(sceneOf(pool, '{}~random,{}~sticky'), random);
  for (let round = 0; round < 40; round += 1) {
    const out = new Set(pool.filter(() => random() < 0.5).map(({ id }) => String(id)));
    stage.catalog.swap(pool.map((entry) => (out.has(entry.id) ? { ...entry, shelf: 'quarantine' } : entry)));
    for (let run = 0; run < 50; run += 1) {
      const hops = stage.plan('work');
      assert.ok(!(hops instanceof KaskadeError));
      assert.ok(hops.every(({ id }) => !out.has(id)));
    }
  }
  const [named] = pool;
  assert.ok(named !== undefined);
  const one = stageOf(sceneOf([{ ...named, shelf: 'quarantine' }], named.id), random);
  const refused = one.plan();
  assert.ok(refused instanceof KaskadeError);
  assert.deepEqual([refused.code, refused.failure.note], ['no-route-fits', '0 routes; hop 1 is in quarantine']);
  const two = stageOf(sceneOf([{ ...named, shelf: 'quarantine' }], `${named.id}|http://other.test:1`), random);
  assert.equal(idsOf(two.plan() as readonly Proxy[]), 'http://other.test:1');
});

test('a cascade that draws from the book is refused where there is none', () => {
  const planner = createPlanner({ evidence: tellEvidence(), random: Math.random, clock: () => 0 as At });
  const target = parseEndpoint('target.test:443');
  assert.throws(
    () => planner.plan(cascadeOf('{up}'), { identity: '' as Identity, target }),
    (thrown) => thrown instanceof KaskadeError && thrown.code === 'book-missing',
  );
});

test('a refusal says what one relaxation would give, and whom each rule leaves out', () => {
  const french = (nth: number): Partial<BookEntry> => ({
    entry: { address: `81.${nth}.0.1`, country: 'FR', network: nth },
    ...(nth === 2 ? { shelf: 'quarantine' } : {}),
  });
  const entries = widePool(3, french);
  const note = (chain: string, more: Partial<Scene> = {}): string | undefined => {
    const refused = stageOf(sceneOf(entries, chain, more), Math.random).plan();
    return refused instanceof KaskadeError ? refused.failure.note : undefined;
  };
  assert.equal(note('{},{}'), '0 routes; 2 if country may repeat; left out: 1 in quarantine');
  assert.equal(note('{},{};repeat=country'), undefined);
  assert.equal(note('{up},{country=DE}'), '0 routes; the book has nothing for hop 2; left out: 1 in quarantine');
  assert.equal(note('{},{},{}'), '0 routes; no single rule stands in the way; left out: 1 in quarantine');
  assert.equal(
    note('{}', { own: ['81.0.7.7', '81.1.7.7'] }),
    '0 routes; 1 if what is in quarantine is released; 2 if your own network block were let in; left out: 1 in quarantine, 2 in your own network block',
  );
});

test('choices by rank, by speed and by site are kept among proxies of the book', () => {
  const evidence = tellEvidence();
  const pool = widePool(5, (nth) => ({
    tunnel: { grade: nth === 3 ? 'exact' : 'stealth', at: today, judges: 1 },
    trials: { good: 9, all: 10, floor: nth === 4 ? 0.9 : 0.5 },
    latency: (nth === 1 ? 50 : 1_000) as never,
  }));
  const ids = pool.map(({ id }) => String(id));
  const firstOf = (chain: string, runs = 20): readonly string[] => {
    const stage = stageOf(sceneOf(pool, chain, { evidence }), randomFrom(23));
    return [...new Set(Array.from({ length: runs }, () => idsOf((stage.plan() as readonly Proxy[]).slice(0, 1))))];
  };
  assert.deepEqual(firstOf('{}'), [ids[3]]);
  assert.deepEqual(firstOf('{grade=stealth}'), [ids[4]]);
  assert.deepEqual(firstOf('{}~fastest'), [ids[1]]);
  evidence.times.set(ids[2] ?? '', 10);
  assert.deepEqual(firstOf('{}~fastest'), [ids[2]]);
  evidence.down.add(ids[2] ?? '');
  assert.deepEqual(firstOf('{}~fastest'), [ids[1]]);
  assert.equal(firstOf('{}~sticky').length, 1);
  assert.equal(firstOf('{}~random').length, 3);
});

test('a route is found where nearly everybody is in one country, and refused at once where everybody is', () => {
  const random = randomFrom(29);
  const everywhere = (nth: number, country: string): Partial<BookEntry> => ({
    entry: { address: `${20 + (nth % 150)}.${Math.floor(nth / 150)}.0.1`, country, network: nth },
  });
  const swamp = widePool(3_000, (nth) => everywhere(nth, nth === 1_234 ? 'DE' : nth === 77 ? 'SE' : 'FR'));
  for (const picks of ['random', 'first-up', 'fastest']) {
    const hops = stageOf(sceneOf(swamp, `{}~${picks},{}~${picks},{}~${picks}`), random).plan();
    assert.ok(!(hops instanceof KaskadeError), picks);
  }
  const { plan, catalog } = stageOf(sceneOf(swamp, '{}~random,{}~random,{}~random,{}~random'), random);
  const refused = plan();
  assert.ok(refused instanceof KaskadeError);
  // The whole of a large book is read for the draw, and not again to say why there is no route.
  assert.equal(catalog.asked(), 1);
  assert.match(refused.failure.note ?? '', /^0 routes; more than 1000 if country may repeat; counted in a part/);
});
