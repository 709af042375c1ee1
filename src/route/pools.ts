/** What a filter of a cascade means in the book just now, made ready for many draws: kept until the book changes. */

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

/** The pools of filters. */
export interface Pools {
  readonly of: (filter: Filter) => Pool;
}

/** Filters that look at the age of a proxy mean others as time goes by. */
const agedAfter = 60_000 as Millis;

/** Pools are large: filters that nobody draws with any more are forgotten. */
const mostPools = 16;

/** Pools of a book. */
export const createPools = (catalog: Catalog, clock: () => At): Pools => {
  const pools = new Map<string, { readonly pool: Pool; readonly version: number; readonly at: At }>();
  const texts = new WeakMap<Filter, string>();
  return {
    of: (filter) => {
      const [version, at] = [catalog.version(), clock()];
      const text = texts.get(filter) ?? printFilter(filter);
      texts.set(filter, text);
      const known = pools.get(text);
      const isFresh = known?.version === version && !(looksAtAge(filter) && since(known.at, at) >= agedAfter);
      if (isFresh) return known.pool;
      const pool = createPool(catalog.candidates(filter));
      if (pools.size >= mostPools) pools.clear();
      pools.set(text, { pool, version, at });
      return pool;
    },
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
