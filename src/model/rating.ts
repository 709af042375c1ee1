/** The meter of a cascade: two numbers from 0 to 6, and what would raise them. */

import { type Host, addressBytes } from './address.js';
import type { Cascade, Proxy } from './cascade.js';
import { privateKind } from './private.js';

/** What the meter shows. */
export interface Rating {
  /** How different the entry and the exit are; 0 is unknown, 1 means that one party may see both ends. */
  readonly diversity: number;
  /** How much of the route was audited, and how lately; 0 while nothing was. */
  readonly evidence: number;
  /** What would raise the numbers, a sentence each. */
  readonly raise: readonly string[];
}

/** The most that either number can be. */
export const mostRating = 6;

/** What is known of the place of a proxy, from lookups of its address; nothing is ever guessed. */
export interface Locality {
  /** The addresses that the world sees of it: where it listens, and where it goes out. */
  readonly addresses: readonly Host[];
  readonly country?: string;
  /** The number of the autonomous system. */
  readonly network?: number;
}

/** When each proxy was audited last, in days; missing where it never was. */
export interface Known {
  readonly locality: (proxy: Proxy) => Locality;
  readonly auditedDaysAgo: (proxy: Proxy) => number | undefined;
}

/** What is known without a book and without an audit: the address that a proxy is written with. */
export const knownByAddress: Known = {
  locality: ({ hop }) => ({ addresses: [hop.endpoint.host] }),
  auditedDaysAgo: () => undefined,
};

/** What is known where only countries were told, by the ids of proxies. */
export const knownByCountry = (countries: Readonly<Record<string, string>>): Known => ({
  ...knownByAddress,
  locality: (proxy) => {
    const country = countries[proxy.id];
    return { ...knownByAddress.locality(proxy), ...(country === undefined ? {} : { country }) };
  },
});

/**
 * Diversity of a cascade whose positions have one public entry and exit each: 1 for one hop, or as soon as any two hops
 * share a /16 (IPv6: a /32), a country of both ends, or a network; else 2, +1 for a third hop, +1 where the countries of entry and exit
 * are known and differ, +2 where their networks are. 0 while a hop's address is not known or not public: nothing can be told then.
 * With alternatives at a position the worst route counts.
 * Evidence: 6 × the audited share of all proxies, each weighing less the older its audit is (full for a day, nothing after 30).
 */
export const rate = (cascade: Cascade, known: Known = knownByAddress): Rating => {
  const { score, raise } = diversityOf(cascade, known);
  const evidence = evidenceOf(cascade, known);
  return { diversity: score, evidence, raise: evidence < mostRating ? [...raise, auditText(evidence)] : raise };
};

interface Scored {
  readonly score: number;
  readonly raise: readonly string[];
}

const diversityOf = ({ positions }: Cascade, known: Known): Scored => {
  if (positions.length === 1)
    return { score: 1, raise: ['A second hop: one hop sees both who you are and where you go.'] };
  const drawn = positions.findIndex(({ filter }) => filter !== undefined);
  if (drawn !== -1) {
    return { score: 0, raise: [`A named proxy for hop ${drawn + 1}: what the book will give cannot be told before.`] };
  }
  const hops = positions.map(({ among }) => among.map((proxy) => known.locality(proxy)));
  const unknown = hops.findIndex((among) => among.some(({ addresses }) => !addresses.some(isPublic)));
  if (unknown !== -1) {
    return { score: 0, raise: [`A public address for hop ${unknown + 1}: what is not known counts as nothing.`] };
  }
  const shared = sharedWhat(hops);
  if (shared !== undefined) return { score: 1, raise: [shared] };
  return ends(hops[0] ?? [], hops.at(-1) ?? [], hops.length);
};

/** The first thing that any two places of the cascade have in common. */
const sharedWhat = (hops: readonly (readonly Locality[])[]): string | undefined => {
  for (const [index, among] of hops.entries()) {
    for (const [ahead, others] of hops.entries()) {
      if (ahead <= index) continue;
      const what = commonOf(among, others, index === 0 && ahead === hops.length - 1);
      if (what !== undefined) return `Other proxies: hops ${index + 1} and ${ahead + 1} are in the same ${what}.`;
    }
  }
  return undefined;
};

const commonOf = (some: readonly Locality[], others: readonly Locality[], areEnds: boolean): string | undefined => {
  const blocks = (all: readonly Locality[]): readonly string[] =>
    all.flatMap(({ addresses }) => addresses.map(blockOf));
  if (meet(blocks(some), blocks(others))) return 'network block (/16)';
  if (meet(defined(some, 'network'), defined(others, 'network'))) return 'network (AS)';
  return areEnds && meet(defined(some, 'country'), defined(others, 'country')) ? 'country' : undefined;
};

const ends = (entry: readonly Locality[], exit: readonly Locality[], length: number): Scored => {
  const both = (what: 'country' | 'network'): boolean =>
    [...entry, ...exit].every((locality) => locality[what] !== undefined);
  const [countries, networks] = [both('country'), both('network')];
  const raise = [
    ...(length < 3 ? ['A third hop, so that no hop knows both its neighbours at the ends.'] : []),
    ...(countries ? [] : ['Knowing the countries of entry and exit.']),
    ...(networks ? [] : ['Knowing the networks (AS) of entry and exit.']),
  ];
  return { score: 2 + Number(length >= 3) + Number(countries) + 2 * Number(networks), raise };
};

const defined = (all: readonly Locality[], what: 'country' | 'network'): readonly (string | number)[] =>
  all.flatMap((locality) => locality[what] ?? []);

const meet = <Item>(some: readonly Item[], others: readonly Item[]): boolean =>
  some.some((item) => others.includes(item));

const isPublic = (host: Host): boolean => host.kind !== 'name' && privateKind(host) === undefined;

/** The block that addresses of one owner often share; a name is a block of its own. */
const blockOf = (host: Host): string =>
  host.kind === 'name'
    ? host.name
    : addressBytes(host)
        .subarray(0, host.kind === 'ipv4' ? 2 : 4)
        .toString('hex');

const freshDays = 1;
const staleDays = 30;

const evidenceOf = ({ positions }: Cascade, known: Known): number => {
  const weights = positions.flatMap(({ among, filter }) =>
    filter === undefined ? among.map((proxy) => weightOf(known.auditedDaysAgo(proxy))) : [0],
  );
  return Math.floor((mostRating * weights.reduce((sum, weight) => sum + weight, 0)) / weights.length);
};

const weightOf = (days: number | undefined): number =>
  days === undefined ? 0 : Math.min(1, Math.max(0, (staleDays - days) / (staleDays - freshDays)));

const auditText = (evidence: number): string =>
  evidence === 0 ? 'An audit of the hops: nothing of this route was audited.' : 'A newer audit of all hops.';
