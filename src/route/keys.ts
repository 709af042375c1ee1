/** The rules of a draw as keys: two hops that have one in common are not in one route. */

import type { Endpoint } from '../model/address.js';
import type { Proxy } from '../model/cascade.js';
import { type Apart, type Standing, lacksOf, needsOf } from './rules.js';
import type { Keys } from './solve.js';

/** What decides which keys a proxy has at a place of a cascade. */
export interface Layout {
  /** Whether the user named the proxies of each place: what these have in common with one another is the user's own choice. */
  readonly named: readonly boolean[];
  /** The rules that hold. */
  readonly apart: readonly Apart[];
  /** Whether every hop is taken to go on to any endpoint. */
  readonly anyPort?: true;
  /** What some proxy of each place lacks, where that is known: nobody needs a key for anything else. */
  readonly lacks?: readonly ReadonlySet<string>[];
  /** Keys that are the same at every place, once they were made. */
  readonly made?: Map<Standing, Keys>;
}

/** The keys of a proxy at a place (from 0). */
export const keysAt = (standing: Standing, at: number, layout: Layout): Keys => {
  const own = owned(plainKeys(standing, layout), at, layout.named);
  const onward = layout.anyPort ? [] : onwardKeys(standing, at, layout);
  return onward.length === 0 ? own : [...own, ...onward];
};

const plainKeys = (standing: Standing, { apart, made }: Layout): Keys => {
  const known = made?.get(standing);
  if (known !== undefined) return known;
  const keys = [...standing.same];
  for (const rule of apart) keys.push(...standing.shared[rule]);
  made?.set(standing, keys);
  return keys;
};

/** No proxy has more keys than that, wherever it stands; the ways that are down come on top. */
export const mostKeysOf = ({ same, shared, candidate }: Standing, { named, apart }: Layout): number => {
  const own = apart.reduce((sum, rule) => sum + shared[rule].length, same.length);
  return own * (1 + named.filter(Boolean).length) + candidate.refuses.length + (candidate.cannot?.length ?? 0) + 3;
};

/** What is named at a place has keys of that place, which all drawn ones have besides their own. */
const owned = (keys: readonly string[], at: number, named: readonly boolean[]): Keys => {
  if (!named.includes(true)) return keys;
  if (named[at] === true) return keys.map((key) => `${key} @${at}`);
  const places = named.flatMap((isNamed, place) => (isNamed ? [place] : []));
  return [...keys, ...places.flatMap((place) => keys.map((key) => `${key} @${place}`))];
};

/** What a proxy lacks, and what the one before it must be able to do for it. */
const onwardKeys = (standing: Standing, at: number, { named, lacks }: Layout): Keys => [
  ...(at === named.length - 1 ? [] : lacksOf(standing.candidate).map((lack) => `>${at} ${lack}`)),
  ...(at === 0 ? [] : needKeys(standing.proxy.hop.endpoint, at - 1, lacks?.[at - 1])),
];

const needKeys = (endpoint: Endpoint, before: number, lacks: ReadonlySet<string> | undefined): Keys =>
  needsOf(endpoint).flatMap((need) => (lacks?.has(need) === false ? [] : [`>${before} ${need}`]));

/** The key that two neighbours share where the way between them is down. */
export const wayKey = (at: number, from: Proxy, to: Proxy): string => `w${at} ${from.id} > ${to.id}`;
