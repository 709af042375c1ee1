/** The places of a draw: in which order the proxies of a pool, or those that the user named, are preferred. */

import type { Pick, Proxy, ProxyId } from '../model/cascade.js';
import type { Candidate, Catalog } from '../model/catalog.js';
import type { Evidence } from '../model/evidence.js';
import { privateKind } from '../model/private.js';
import type { Place } from './draw.js';
import type { Crowd } from './exact.js';
import type { Pool } from './pools.js';
import { type Standing, stand } from './rules.js';

/** What the order of preference depends on. */
export interface Liking {
  readonly evidence: Evidence;
  readonly random: () => number;
  /** What was chosen before and is to last. */
  readonly drawn: ProxyId | undefined;
}

/** A place for the proxies of a pool. */
export const pooled = (pool: Pool, pick: Pick, { evidence, random, drawn }: Liking): Place => {
  const all = (): readonly Standing[] => Array.from({ length: pool.size }, (_, number) => pool.at(number));
  const crowd = { size: pool.size, all };
  switch (pick) {
    case 'first-up':
      return { ...crowd, preferred: inOrder(pool, pool.ranked()) };
    case 'fastest':
      return { ...crowd, preferred: fastestFirst(pool, drawn, evidence) };
    case 'random':
      return { ...crowd, preferred: atRandom(pool, random), sample: sampling(pool, random) };
    case 'sticky':
      return stickyPlace(pool, drawn, { crowd, random });
  }
};

/** A place with few to choose from, in this order. */
export const listed = (all: readonly Standing[]): Place => ({
  size: all.length,
  all: () => all,
  preferred: (nth) => all[nth],
  ...(all.length === 1 ? { sample: () => all[0] } : {}),
});

const inOrder =
  (pool: Pool, numbers: readonly number[], from = 0): Place['preferred'] =>
  (nth) => {
    const number = numbers[from + nth];
    return number === undefined ? undefined : pool.at(number);
  };

const sampling = (pool: Pool, random: () => number) => (): Standing | undefined =>
  pool.size === 0 ? undefined : pool.at(pool.sample(random));

/** So many draws stand for the order of a random choice; whoever is not among them is found by the search. */
const mostDraws = 64;

const atRandom = (pool: Pool, random: () => number): Place['preferred'] => {
  const drawn: Standing[] = [];
  return (nth) => {
    if (nth >= mostDraws || pool.size === 0) return undefined;
    while (drawn.length <= nth) drawn.push(pool.at(pool.sample(random)));
    return drawn[nth];
  };
};

/** The proxy of before stays first while it may. */
const stickyPlace = (
  pool: Pool,
  drawn: ProxyId | undefined,
  { crowd, random }: { readonly crowd: Crowd; readonly random: () => number },
): Place => {
  const before = drawn === undefined ? undefined : pool.find(drawn);
  const others = atRandom(pool, random);
  if (before === undefined) return { ...crowd, preferred: others, sample: sampling(pool, random) };
  return { ...crowd, preferred: (nth) => (nth === 0 ? before : others(nth - 1)) };
};

/** So many of the quickest by the book are compared by what they took lately. */
const mostTimed = 64;
/** The favourite is left only for one that is faster by more than this part. */
const margin = 0.2;

const fastestFirst = (pool: Pool, favourite: ProxyId | undefined, evidence: Evidence): Place['preferred'] => {
  const numbers = pool.quickest();
  const timed = numbers.slice(0, mostTimed).map((number) => pool.at(number));
  const time = ({ proxy, candidate }: Standing): number => {
    const book = candidate.latency === 'beyond' ? undefined : candidate.latency;
    return evidence.steady(proxy) ? (evidence.timeOf(proxy) ?? book ?? Number.MAX_SAFE_INTEGER) : Number.MAX_VALUE;
  };
  const held = favourite === undefined ? undefined : pool.find(favourite);
  const sorted = timed.toSorted((one, other) => time(one) - time(other));
  const [best] = sorted;
  const stays = held !== undefined && best !== undefined && time(best) >= time(held) * (1 - margin);
  const order = stays ? [held, ...sorted.filter((standing) => standing !== held)] : sorted;
  const rest = inOrder(pool, numbers, mostTimed);
  return (nth) => order[nth] ?? rest(nth - order.length);
};

/** A proxy that the user named, with what the book knows of it; addresses that are not public say nothing of their owner. */
export const standNamed =
  ({ entry }: Catalog) =>
  (proxy: Proxy): Standing => ({ ...stand(entry(proxy.id) ?? unknown(proxy), isPublic), proxy });

const unknown = (proxy: Proxy): Candidate => ({
  ...{ proxy, shelf: 'released', blocked: false, exits: [], refuses: [] },
  trials: { good: 0, all: 0, floor: 0 },
});

const isPublic = (address: string): boolean =>
  privateKind({ kind: address.includes(':') ? 'ipv6' : 'ipv4', address }) === undefined;
