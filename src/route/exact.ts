/** The search that misses no route: among a few proxies for each place, which decide for all of them. */

import type { Proxy, ProxyId } from '../model/cascade.js';
import { type Layout, keysAt, mostKeysOf, wayKey } from './keys.js';
import { type Standing, lacksOf } from './rules.js';
import { type Keys, kernelOf, solve } from './solve.js';

/** A proxy at a place with its keys. */
export interface Placed {
  readonly standing: Standing;
  readonly keys: Keys;
}

/** Everybody at a place, listed only when somebody has to look at all. */
export interface Crowd {
  readonly size: number;
  readonly all: () => readonly Standing[];
}

/** Those that may stand at each place, and which of them may not just now. */
export interface Ground {
  readonly layout: Layout;
  readonly places: readonly Crowd[];
  /** Whether a proxy may stand at a place now, whoever stands beside it. */
  readonly mayStand: (standing: Standing, at: number) => boolean;
  readonly isOpen: (to: Proxy, from: Proxy) => boolean;
}

/** A search that was made ready once for a draw. */
export interface Exact {
  /** The few that decide, place by place. */
  readonly few: readonly (readonly Placed[])[];
  /** Whether proxies at the first places can be followed to the end; none for the first place asks whether there is a route at all. */
  readonly leadsOn: (chosen: readonly Placed[]) => boolean;
}

/** So many of the few may be down, or ways between them, before they decide no longer. */
const slack = 24;
/** Rounds of learning ways that are down; each learns all between neighbours that it looks at, and there are a few thousand at most. */
const mostRounds = 100;

/** The few of each place that decide as long as no more than some of them are down: this looks at every proxy, and may be kept. */
export const chooseFew = ({ layout, places }: Pick<Ground, 'layout' | 'places'>): readonly (readonly Placed[])[] =>
  fewOf(
    { layout, places: places.map((crowd) => crowd.all()) },
    places.map(() => new Map()),
    slack,
  );

/** Makes a search ready, from the few that were chosen before if enough of them may stand. */
export const createExact = (ground: Ground, chosen: readonly (readonly Placed[])[] = []): Exact => {
  const few = standingFew(ground, chosen) ?? openFew(ground);
  return {
    few,
    leadsOn: (row) => {
      if (row.length === few.length) return true;
      const last = row.at(-1);
      const [next = [], ...rest] = few.slice(row.length);
      const open =
        last === undefined ? next : next.filter((to) => ground.isOpen(to.standing.proxy, last.standing.proxy));
      return solve([open, ...rest], new Set(row.flatMap(({ keys }) => keys))) !== undefined;
    },
  };
};

/** The few of before that may stand now, with the ways between them that are down; undefined where more are gone than was allowed for. */
const standingFew = (
  ground: Ground,
  chosen: readonly (readonly Placed[])[],
): readonly (readonly Placed[])[] | undefined => {
  if (chosen.length !== ground.places.length) return undefined;
  const own = chosen.map((items, at) => {
    const crowd = ground.places[at];
    if (crowd === undefined || crowd.size > items.length) return items;
    return place(crowd.all(), at, { layout: ground.layout, ways: [] });
  });
  const left = own.map((items, at) => items.filter(({ standing }) => ground.mayStand(standing, at)));
  const gone = left.reduce((sum, items, at) => sum + (own[at]?.length ?? 0) - items.length, 0);
  if (gone > slack) return undefined;
  const ways = left.map(() => new Map<ProxyId, Set<string>>());
  if (gone + learn(left, ground, ways) > slack) return undefined;
  return left.map((items, at) => items.map((item) => withWays(item, ways[at])));
};

/** Ways that are down become keys as they are found, until the few that decide have none that are not known. */
const openFew = (ground: Ground): readonly (readonly Placed[])[] => {
  const places = ground.places.map((crowd, at) => crowd.all().filter((standing) => ground.mayStand(standing, at)));
  const ways = places.map(() => new Map<ProxyId, Set<string>>());
  for (let round = 0; ; round += 1) {
    const few = fewOf({ layout: ground.layout, places }, ways, 0);
    if (round >= mostRounds || learn(few, ground, ways) === 0) return few;
  }
};

type Ways = readonly Map<ProxyId, Set<string>>[];

const fewOf = (
  { layout: plain, places }: { readonly layout: Layout; readonly places: readonly (readonly Standing[])[] },
  ways: Ways,
  more: number,
): readonly (readonly Placed[])[] => {
  const layout = { ...plain, lacks: places.map(lacksIn), made: new Map<Standing, Keys>() };
  const most = places.map((items, at) =>
    items.reduce((sum, item) => Math.max(sum, mostKeysOf(item, layout) + (ways[at]?.get(item.proxy.id)?.size ?? 0)), 0),
  );
  const all = most.reduce((sum, count) => sum + count, 0);
  return places.map((items, at) => kernelOf(place(items, at, { layout, ways }), all - (most[at] ?? 0) + more));
};

const lacksIn = (items: readonly Standing[]): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const { candidate } of items) for (const lack of lacksOf(candidate)) found.add(lack);
  return found;
};

/** Keys are made when they are looked at: most of a large place never is. */
const place = (
  standings: readonly Standing[],
  at: number,
  { layout, ways }: { readonly layout: Layout; readonly ways: Ways },
): readonly Placed[] =>
  standings.map((standing) => {
    let keys: Keys | undefined;
    return {
      standing,
      get keys() {
        return (keys ??= [...keysAt(standing, at, layout), ...(ways[at]?.get(standing.proxy.id) ?? [])]);
      },
    };
  });

const withWays = (item: Placed, ways: Map<ProxyId, Set<string>> | undefined): Placed => {
  const down = ways?.get(item.standing.proxy.id);
  return down === undefined ? item : { standing: item.standing, keys: [...item.keys, ...down] };
};

/** Notes the ways between neighbours that are down; tells how many were not known. */
const learn = (few: readonly (readonly Placed[])[], { isOpen }: Ground, ways: Ways): number => {
  let learnt = 0;
  for (const [at, items] of few.entries()) {
    for (const { standing: to } of at === 0 ? [] : items) {
      for (const { standing: from } of few[at - 1] ?? []) {
        const key = wayKey(at, from.proxy, to.proxy);
        if (ways[at]?.get(to.proxy.id)?.has(key) === true || isOpen(to.proxy, from.proxy)) continue;
        note(ways[at - 1], from.proxy.id, key);
        note(ways[at], to.proxy.id, key);
        learnt += 1;
      }
    }
  }
  return learnt;
};

const note = (ways: Map<ProxyId, Set<string>> | undefined, id: ProxyId, key: string): void => {
  const known = ways?.get(id) ?? new Set<string>();
  ways?.set(id, known.add(key));
};
