/** Routes through cascades that draw from the book: who may stand where, whose order counts, and which entries are kept. */

import { type Cascade, type Position, type Proxy, type ProxyId, asProxy } from '../model/cascade.js';
import type { Catalog } from '../model/catalog.js';
import { printFilter } from '../model/filter-text.js';
import type { Filter } from '../model/filter.js';
import { parseHop } from '../model/hop.js';
import type { Choice } from './choice.js';
import { type Draw, type Place, draw, shuffled } from './draw.js';
import { type Placed, chooseFew } from './exact.js';
import { type GuardKey, type Guards, mostGuards } from './guards.js';
import type { Barred, PlannerParts, Wanted } from './plan.js';
import { listed, pooled, standNamed } from './places.js';
import type { Layout } from './keys.js';
import { type Pools, createPools } from './pools.js';
import { type Question, type Refusal, explainRefusal } from './refusal.js';
import { type Apart, type Standing, aloneOf, apart, blockOf } from './rules.js';
import { wayOf } from './ways.js';

/** The book of a planner, and what goes with it. */
export interface Book {
  readonly catalog: Catalog;
  readonly guards: Guards;
  /** The user's own public addresses, as far as they are known. */
  readonly own: () => readonly string[];
}

/** A session that wants a route through such a cascade. */
export interface Wish {
  readonly cascade: Cascade;
  readonly wanted: Wanted;
  readonly barred: Barred;
}

/** Draws routes. */
export interface Drawing {
  /** Resolves when a draw holds nobody up. */
  readonly ready: (cascade: Cascade) => Promise<void>;
  /** One proxy for every position; undefined only where no row of proxies keeps all rules. */
  readonly draw: (wish: Wish) => readonly Proxy[] | undefined;
  /** Finds out why there is none. */
  readonly explain: (wish: Wish) => Refusal;
}

interface Given extends Omit<PlannerParts, 'book'> {
  readonly book: Book;
  readonly choice: Choice;
}

interface Parts extends Given {
  /** No way from here is known, so that what is not usable behind it is down itself. */
  readonly nobody: Proxy;
  /** What was found to decide at each place, and what it was made of. */
  readonly few: WeakMap<Cascade, { readonly made: readonly unknown[]; readonly few: Few }>;
}

type Few = readonly (readonly Placed[])[];

/** A drawing from a book. */
export const createDrawing = (given: Given): Drawing => {
  const parts: Parts = { ...given, few: new WeakMap(), nobody: asProxy(parseHop('socks5h://nobody.invalid'), '') };
  const pools = createPools(parts.book.catalog, parts.clock);
  const drawRow = (wish: Wish): readonly Proxy[] | undefined => {
    const plain = plainDraw(parts, pools, wish);
    const [first] = wish.cascade.positions;
    const row =
      first.filter === undefined || !isGuarded(first)
        ? draw(plain)
        : guarded(plain, parts, { pools, wish, filter: first.filter });
    return row?.map(({ proxy }) => proxy);
  };
  return {
    ready: async (cascade) => {
      await Promise.all(filtersOf(cascade).map(pools.ready));
    },
    explain: (wish) => explainRefusal(questionOf(parts, pools, wish)),
    draw: (wish) => {
      const row = drawRow(wish);
      const stale = row === undefined ? filtersOf(wish.cascade).filter((filter) => !pools.isFresh(filter)) : [];
      if (stale.length === 0) return row;
      // That there is none is only said of the book as it is now.
      for (const filter of stale) pools.renew(filter);
      return drawRow(wish);
    },
  };
};

const filtersOf = ({ positions }: Cascade): readonly Filter[] =>
  positions.flatMap(({ filter }) => (filter === undefined ? [] : [filter]));

const questionOf = (parts: Parts, pools: Pools, wish: Wish): Question => {
  const { layout, places, isUp, isOpen, isBarred } = plainDraw(parts, pools, wish);
  const { catalog, own } = parts.book;
  const named = places.map((place, at) => (layout.named[at] === true ? place.all() : []));
  return {
    cascade: wish.cascade,
    catalog,
    layout,
    target: wish.wanted.target,
    own: own(),
    named,
    isUp,
    isOpen,
    isBarred,
  };
};

/** The other ways of choosing keep to few entries by themselves. */
const isGuarded = ({ pick }: Position): boolean => pick === 'random' || pick === 'sticky';

const plainDraw = (parts: Parts, pools: Pools, wish: Wish): Draw => {
  const { evidence, book, random } = parts;
  const { cascade, wanted, barred } = wish;
  const { positions } = cascade;
  const own = new Set(book.own().map(blockOf));
  const named = positions.map(({ filter }) => filter === undefined);
  const isBarred = (to: Proxy, from?: Proxy): boolean => barred.has(wayOf(to, from));
  const layout: Layout = { named, apart: rulesOf(cascade) };
  const places = positions.map((position, index) => placeOf(position, index, { parts, pools, wish }));
  const stale = positions.map(({ filter }) => (filter === undefined || pools.isFresh(filter) ? undefined : filter));
  const isMeant = ({ proxy }: Standing, at: number): boolean => {
    const filter = stale[at];
    return filter === undefined || book.catalog.means(filter, proxy.id);
  };
  return {
    ...{ layout, places },
    mayStand: (standing, at) =>
      isMeant(standing, at) &&
      aloneOf(standing, {
        own: named[at] === true ? none : own,
        onward: at === positions.length - 1 ? wanted.target : undefined,
      }) === undefined,
    few: () => fewOf({ parts, pools, wish }, { layout, places }),
    isUp: (proxy) => evidence.usable(proxy, parts.nobody),
    isOpen: (to, from) => evidence.usable(to, from) && !isBarred(to, from),
    isBarred,
    random,
  };
};

/** Kept as long as the book stays as it is. */
const fewOf = (
  { parts: { few, book }, pools, wish: { cascade } }: Around,
  { layout, places }: { readonly layout: Layout; readonly places: readonly Place[] },
): Few => {
  const made = [book.catalog.version(), ...cascade.positions.flatMap(({ filter }) => filter && pools.of(filter))];
  const known = few.get(cascade);
  if (known !== undefined && made.every((part, index) => part === known.made[index])) return known.few;
  const chosen = chooseFew({ layout, places });
  few.set(cascade, { made, few: chosen });
  return chosen;
};

const none: ReadonlySet<string> = new Set();

/** The rules that hold between hops of a cascade. */
const rulesOf = ({ rules }: Cascade): readonly Apart[] =>
  apart.filter((rule) => !(rules?.repeat ?? []).some((repeat) => repeat === rule));

interface Around {
  readonly parts: Parts;
  readonly pools: Pools;
  readonly wish: Wish;
}

const placeOf = (position: Position, index: number, { parts, pools, wish }: Around): Place => {
  const at = { cascade: wish.cascade, position, index };
  if (position.filter === undefined)
    return listed(parts.choice.order(at, wish.wanted).map(standNamed(parts.book.catalog)));
  const drawn = parts.choice.drawn(at, wish.wanted);
  return pooled(pools.of(position.filter), position.pick, { evidence: parts.evidence, random: parts.random, drawn });
};

interface Entrance {
  readonly pools: Pools;
  readonly wish: Wish;
  readonly filter: Filter;
}

/** An entry that was kept, or a new one while there are too few, or where none of the kept leads on. */
const guarded = (plain: Draw, { book: { guards }, random }: Parts, { pools, wish, filter }: Entrance) => {
  const pool = pools.of(filter);
  const key: GuardKey = { identity: wish.wanted.identity, filter: printFilter(filter) };
  const isUp = (id: ProxyId): boolean => {
    const standing = pool.find(id);
    return (
      standing !== undefined &&
      plain.mayStand(standing, 0) &&
      plain.isUp(standing.proxy) &&
      plain.isOpen(standing.proxy)
    );
  };
  const kept = guards.of(key, (id) => pool.find(id) !== undefined);
  const usable = kept
    .filter(isUp)
    .slice(0, mostGuards)
    .flatMap((id) => pool.find(id) ?? []);
  const fromKept = (): readonly Standing[] | undefined =>
    usable.length === 0 ? undefined : draw(withEntries(plain, usable, random));
  const fromNew = (): readonly Standing[] | undefined => {
    const row = draw(withoutEntries(plain, new Set(kept)));
    if (row?.[0] !== undefined) guards.add(key, row[0].proxy.id, isUp);
    return row;
  };
  const before = stickyOne(plain);
  const isSettled = usable.length >= mostGuards || (before !== undefined && usable.includes(before));
  return isSettled ? (fromKept() ?? fromNew()) : (fromNew() ?? fromKept());
};

/** Whom this site had before as entry, if that is to last. */
const stickyOne = ({ places: [first] }: Draw): Standing | undefined =>
  first?.sample === undefined ? first?.preferred(0) : undefined;

/** The kept ones, each as likely as the others; a sticky one stays first. */
const withEntries = (plain: Draw, entries: readonly Standing[], random: () => number): Draw => {
  const before = stickyOne(plain);
  const order = shuffled(entries, random);
  const first = before !== undefined && order.includes(before) ? before : undefined;
  const list = first === undefined ? order : [first, ...order.filter((entry) => entry !== first)];
  const sample = (): Standing | undefined => entries[Math.floor(random() * entries.length)];
  const place: Place = { ...listed(list), ...(first === undefined ? { sample } : {}) };
  return { ...plain, places: plain.places.with(0, place) };
};

const withoutEntries = (plain: Draw, kept: ReadonlySet<ProxyId>): Draw =>
  kept.size === 0
    ? plain
    : {
        ...plain,
        mayStand: (standing, at) => !(at === 0 && kept.has(standing.proxy.id)) && plain.mayStand(standing, at),
      };
