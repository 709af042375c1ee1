/** What a filter of a cascade means in the book just now, made ready for many draws: kept until the book changes. */

import { setTimeout } from 'node:timers/promises';
import { type At, type Millis, since } from '../model/brand.js';
import { boundSpan } from '../model/bound.js';
import { grades } from '../model/book.js';
import type { ProxyId } from '../model/cascade.js';
import { type Candidate, type Catalog, barOf } from '../model/catalog.js';
import { printFilter } from '../model/filter-text.js';
import type { Filter } from '../model/filter.js';
import { type Standing, stand } from './rules.js';

/** The proxies that a filter means, by number. */
export interface Pool {
  readonly size: number;
  readonly at: (index: number) => Standing;
  readonly find: (id: ProxyId) => Standing | undefined;
  /** A number, the likelier the more surely its proxy is there; speed does not count. */
  readonly sample: (random: () => number) => number;
  /** Numbers by grade, then availability, then latency. */
  readonly ranked: () => readonly number[];
  /** Numbers by latency, then as ranked. */
  readonly quickest: () => readonly number[];
}

/** The pools of filters. A large book takes long to read; meanwhile what it was before serves, and whoever is drawn is looked at again. */
export interface Pools {
  /** What a filter means; where the book has changed and is large, what it meant before. Reads the book where nothing else is known. */
  readonly of: (filter: Filter) => Pool;
  /** Whether that is what the book says now. */
  readonly isFresh: (filter: Filter) => boolean;
  /** Reads the book now, whatever it takes. */
  readonly renew: (filter: Filter) => void;
  /** Resolves when a pool is at hand without holding anybody up: soon where there is one of before, else when the book was read in pieces. */
  readonly ready: (filter: Filter) => Promise<void>;
}

interface Known {
  readonly pool: Pool;
  readonly version: number;
  readonly at: At;
  /** What it took to read it. */
  readonly cost: number;
}

/** A pool that takes longer is read in pieces, with others served between them. */
const short = 20;
/** So long a session waits for the newest where there is a pool of before. */
const patience = 100;
/** So many proxies are read at a time: a few milliseconds. */
const piece = 250;

/** Filters that look at the age of a proxy mean others as time goes by. */
const agedAfter = 60_000 as Millis;

/** Pools are large: filters that nobody draws with any more are forgotten. */
const mostPools = 16;

/** Pools of a book. */
export const createPools = (catalog: Catalog, clock: () => At): Pools => {
  const pools = new Map<string, Known>();
  const texts = new WeakMap<Filter, string>();
  const textOf = (filter: Filter): string => {
    const text = texts.get(filter) ?? printFilter(filter);
    texts.set(filter, text);
    return text;
  };
  const keep = (text: string, known: Known): Pool => {
    if (pools.size >= mostPools && !pools.has(text)) pools.clear();
    pools.set(text, known);
    return known.pool;
  };
  const read = (filter: Filter): Pool => {
    const [version, at] = [catalog.version(), clock()];
    const pool = createPool([...catalog.candidates(filter)]);
    return keep(textOf(filter), { pool, version, at, cost: since(at, clock()) });
  };
  const readInPieces = async (filter: Filter): Promise<void> => {
    const [version, at] = [catalog.version(), clock()];
    const found: Candidate[] = [];
    for (const candidate of catalog.candidates(filter)) {
      found.push(candidate);
      if (found.length % piece === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    keep(textOf(filter), { pool: createPool(found), version, at, cost: since(at, clock()) });
  };
  const readOnce = atOnce(textOf, readInPieces);
  const isFreshPool = (filter: Filter, known: Known): boolean =>
    known.version === catalog.version() && !(looksAtAge(filter) && since(known.at, clock()) >= agedAfter);
  return {
    of: (filter) => {
      const known = pools.get(textOf(filter));
      return known !== undefined && (known.cost > short || isFreshPool(filter, known)) ? known.pool : read(filter);
    },
    isFresh: (filter) => {
      const known = pools.get(textOf(filter));
      return known !== undefined && isFreshPool(filter, known);
    },
    renew: read,
    ready: async (filter) => {
      const known = pools.get(textOf(filter));
      if (known === undefined) return readOnce(filter);
      if (known.cost <= short || isFreshPool(filter, known)) return;
      await Promise.race([readOnce(filter), setTimeout(patience, undefined, { ref: false })]);
    },
  };
};

/** One reading serves all who wait for it. What goes wrong is told to whoever draws. */
const atOnce = (textOf: (filter: Filter) => string, read: (filter: Filter) => Promise<void>) => {
  const reading = new Map<string, Promise<void>>();
  return (filter: Filter): Promise<void> => {
    const text = textOf(filter);
    const known = reading.get(text);
    if (known !== undefined) return known;
    const begun = read(filter)
      .catch(() => undefined)
      .finally(() => reading.delete(text));
    reading.set(text, begun);
    return begun;
  };
};

const looksAtAge = (filter: Filter): boolean => {
  if (filter.kind === 'test') return filter.field === 'age';
  if (filter.kind === 'not') return looksAtAge(filter.part);
  return filter.kind !== 'all' && filter.parts.some(looksAtAge);
};

/** What is good about a proxy that has not been tried often yet: it is drawn at times, so that it becomes known. */
const leastWeight = 0.05;

const createPool = (found: readonly Candidate[]): Pool => {
  const all = found.filter((candidate) => barOf(candidate) === undefined);
  const sums = new Float64Array(all.length);
  let sum = 0;
  for (const [index, { trials }] of all.entries()) sums[index] = sum += weightOf(trials.floor);
  const standings: (Standing | undefined)[] = [];
  const at = (index: number): Standing => {
    const candidate = all[index];
    if (candidate === undefined) throw new RangeError('no such number in the pool');
    return (standings[index] ??= stand(candidate));
  };
  const once = <Value>(make: () => Value): (() => Value) => {
    let made: Value | undefined;
    return () => (made ??= make());
  };
  const numbers = [...all.keys()];
  const places = once(() => new Map(all.map(({ proxy }, index) => [proxy.id, index])));
  const ranked = once(() => numbers.toSorted((one, other) => byRank(all[one], all[other])));
  return {
    size: all.length,
    at,
    find: (id) => {
      const index = places().get(id);
      return index === undefined ? undefined : at(index);
    },
    sample: (random) => firstOver(sums, random() * sum),
    ranked,
    quickest: once(() => ranked().toSorted((one, other) => spanOf(all[one]) - spanOf(all[other]))),
  };
};

const weightOf = (floor: number): number => Math.max(leastWeight, floor);

/** The first number whose sum is over a value (binary search). */
const firstOver = (sums: Float64Array, value: number): number => {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
};

const byRank = (one: Candidate | undefined, other: Candidate | undefined): number =>
  gradeOf(other) - gradeOf(one) || floorOf(other) - floorOf(one) || spanOf(one) - spanOf(other);

const gradeOf = (candidate: Candidate | undefined): number =>
  candidate?.tunnel === undefined ? -1 : grades.indexOf(candidate.tunnel.grade);

const floorOf = (candidate: Candidate | undefined): number => candidate?.trials.floor ?? 0;

const spanOf = (candidate: Candidate | undefined): number =>
  candidate?.latency === undefined ? Number.MAX_SAFE_INTEGER : boundSpan(candidate.latency);
