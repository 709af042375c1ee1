/** Why no route fits: how many proxies each rule leaves out, and how many routes there would be without one rule. */

import type { Endpoint } from '../model/address.js';
import type { Cascade, Proxy } from '../model/cascade.js';
import { type Catalog, barOf, evenly } from '../model/catalog.js';
import { type KaskadeError, fail } from '../model/error.js';
import type { Filter } from '../model/filter.js';
import { type Crowd, createExact } from './exact.js';
import { type Layout, keysAt, wayKey } from './keys.js';
import { type Alone, type Rule, type Standing, apart, blockOf, goesOnTo, stand } from './rules.js';
import { type Counted, type Item, countRows } from './solve.js';

/** What is asked about. */
export interface Question {
  readonly cascade: Cascade;
  readonly catalog: Catalog;
  readonly layout: Layout;
  readonly target: Endpoint;
  readonly own: readonly string[];
  /** Those that the user named, by position; nothing where a position is a filter. */
  readonly named: readonly (readonly Standing[])[];
  readonly isUp: (proxy: Proxy) => boolean;
  readonly isOpen: (to: Proxy, from?: Proxy) => boolean;
  readonly isBarred: (to: Proxy, from?: Proxy) => boolean;
}

/** Why there is no route. */
export interface Refusal {
  /** How many proxies are left out by each rule; who is left out by several counts for the first. */
  readonly left: readonly { readonly rule: Alone; readonly count: number }[];
  /** How many routes there would be without one rule; rules that would give none are missing. */
  readonly relaxed: readonly ({ readonly rule: Rule } & Counted)[];
  /** Positions (from 1) that nothing in the book is meant by. */
  readonly empty: readonly number[];
  /** Only a part of a large book was counted. */
  readonly sampled: boolean;
}

/** Routes are counted up to here. */
const mostCounted = 1_000;
/** So many proxies of a position are counted; of more, evenly chosen ones stand for all. */
const mostAtOnce = 200;

const alones: readonly Alone[] = ['quarantine', 'archived', 'blocked', 'hostile', 'own', 'port', 'down'];

/** Finds out why there is no route. */
export const explainRefusal = (question: Question): Refusal => {
  const { layout } = question;
  const whole = question.cascade.positions.map(({ filter }, at) => crowdAt(filter, question.named[at] ?? [], question));
  const own = new Set(question.own.map(blockOf));
  const places = whole.map(({ some }, at) =>
    some.map((standing) => ({ standing, faults: faultsOf(standing, at, { question, own }) })),
  );
  const rules: readonly Rule[] = [...layout.apart, ...alones, 'way'];
  return {
    left: alones.flatMap((rule) => {
      const count = countLeft(places, rule);
      return count === 0 ? [] : [{ rule, count }];
    }),
    relaxed: rules.flatMap((rule) => {
      const counted = countWithout(rule, places, question);
      return counted.rows === 0 ? [] : [{ rule, ...counted }];
    }),
    empty: whole.flatMap(({ all }, at) => (all === 0 ? [at + 1] : [])),
    sampled: whole.some(({ some, all }) => all > some.length),
  };
};

interface Judged {
  readonly standing: Standing;
  readonly faults: readonly Alone[];
}

const crowdAt = (
  filter: Filter | undefined,
  named: readonly Standing[],
  { catalog }: Question,
): { readonly some: readonly Standing[]; readonly all: number } => {
  if (filter === undefined) return { some: evenly(named, mostAtOnce), all: named.length };
  const { some, all } = catalog.sample(filter, mostAtOnce);
  return { some: some.map((candidate) => stand(candidate)), all };
};

/** Every rule that keeps a proxy out of a place by itself. */
const faultsOf = (
  { candidate, proxy, shared }: Standing,
  at: number,
  { question, own }: { readonly question: Question; readonly own: ReadonlySet<string> },
): readonly Alone[] => {
  const { layout, target, isUp, isOpen } = question;
  const isLast = at === layout.named.length - 1;
  const bars = [
    barOf(candidate),
    barOf({ ...candidate, shelf: 'released' }),
    barOf({ ...candidate, shelf: 'released', blocked: false }),
  ];
  const isOwn = layout.named[at] !== true && shared.block.some((block) => own.has(block));
  return [
    ...new Set(bars.flatMap((bar) => bar ?? [])),
    ...(isOwn ? (['own'] as const) : []),
    ...(isLast && !goesOnTo(candidate, target) ? (['port'] as const) : []),
    ...(isUp(proxy) && (at > 0 || isOpen(proxy)) ? [] : (['down'] as const)),
  ];
};

const countLeft = (places: readonly (readonly Judged[])[], rule: Alone): number =>
  new Set(places.flat().flatMap(({ standing, faults }) => (faults[0] === rule ? [standing.proxy.id] : []))).size;

/** How many routes there are without one rule. */
const countWithout = (rule: Rule, places: readonly (readonly Judged[])[], question: Question): Counted => {
  const layout: Layout = {
    ...question.layout,
    apart: apart.filter((each) => each !== rule && question.layout.apart.includes(each)),
    ...(rule === 'port' ? { anyPort: true } : {}),
  };
  const left = places.map((judged) =>
    judged.flatMap(({ standing, faults }) => (faults.every((fault) => fault === rule) ? [standing] : [])),
  );
  if (!matters(rule, places)) return { rows: 0, more: false };
  const isOpen = (to: Proxy, from: Proxy): boolean => rule === 'way' || isWayOpen(to, from, { rule, question });
  if (!createExact({ layout, places: left.map(crowdOf), mayStand: () => true, isOpen }).leadsOn([]))
    return { rows: 0, more: false };
  const isSmall = left.every((items, at) => items.length * (left[at + 1]?.length ?? 0) <= mostPairs);
  const counted = countRows(itemsOf(left, layout, isSmall ? isOpen : () => true), mostCounted);
  return isSmall ? counted : { ...counted, more: true };
};

const crowdOf = (standings: readonly Standing[]): Crowd => ({ size: standings.length, all: () => standings });

/** Ways between more pairs of neighbours are not looked at one by one, so that the count is only about so many. */
const mostPairs = 40_000;

/** A rule that keeps nobody out by itself changes nothing, unless it is between two. */
const matters = (rule: Rule, places: readonly (readonly Judged[])[]): boolean => {
  const alone = alones.find((each) => each === rule && each !== 'port');
  return alone === undefined || places.flat().some(({ faults }) => faults.includes(alone));
};

/** Where what is down counts as up, a way to it is open too. */
const isWayOpen = (
  to: Proxy,
  from: Proxy,
  { rule, question: { isUp, isOpen, isBarred } }: { readonly rule: Rule; readonly question: Question },
): boolean => isOpen(to, from) || (rule === 'down' && !isUp(to) && !isBarred(to, from));

const itemsOf = (
  places: readonly (readonly Standing[])[],
  layout: Layout,
  isOpen: (to: Proxy, from: Proxy) => boolean,
): readonly (readonly Item[])[] =>
  places.map((standings, at) =>
    standings.map((standing) => {
      const { proxy } = standing;
      const before = at === 0 ? [] : (places[at - 1] ?? []).filter((from) => !isOpen(proxy, from.proxy));
      const behind = (places[at + 1] ?? []).filter((to) => !isOpen(to.proxy, proxy));
      return {
        keys: [
          ...keysAt(standing, at, layout),
          ...before.map((from) => wayKey(at, from.proxy, proxy)),
          ...behind.map((to) => wayKey(at + 1, proxy, to.proxy)),
        ],
      };
    }),
  );

/** The refusal as a failure: `0 routes; 3 if country may repeat; left out: 14 in quarantine`. */
export const refuse = ({ left, relaxed, empty, sampled }: Refusal): KaskadeError => {
  const parts = [
    '0 routes',
    ...empty.map((hop) => `the book has nothing for hop ${hop}`),
    ...relaxed.map(({ rule, ...counted }) => `${countText(counted)} ${relaxedWords[rule]}`),
    ...(relaxed.length === 0 && empty.length === 0 && !sampled ? ['no single rule stands in the way'] : []),
    ...(left.length === 0
      ? []
      : [`left out: ${left.map(({ rule, count }) => `${count} ${leftWords[rule]}`).join(', ')}`]),
    ...(sampled ? ['counted in a part of the book'] : []),
  ];
  return fail('no-route-fits', { note: parts.join('; ') });
};

const countText = ({ rows, more }: Counted): string => {
  if (!more) return String(rows);
  return rows >= mostCounted ? `more than ${mostCounted}` : `at least ${rows}`;
};

const relaxedWords: Readonly<Record<Rule, string>> = {
  block: 'if network blocks (/16) may repeat',
  network: 'if networks (AS) may repeat',
  country: 'if country may repeat',
  family: 'if families may repeat',
  quarantine: 'if what is in quarantine is released',
  archived: 'if what is archived comes back',
  blocked: 'without the block lists',
  hostile: 'if hostile ones were let in',
  own: 'if your own network block were let in',
  port: 'if hops went on to where they do not',
  down: 'if none were down',
  way: 'if every way between them were open',
};

const leftWords: Readonly<Record<Alone, string>> = {
  quarantine: 'in quarantine',
  archived: 'archived',
  blocked: 'on block lists',
  hostile: 'hostile',
  own: 'in your own network block',
  port: 'that do not go on to the target',
  down: 'down',
};
