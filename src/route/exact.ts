/** The search that misses no route: among a few proxies for each place, which decide for all of them. */

import type { Proxy, ProxyId } from '../model/cascade.js';
import { keysAt, wayKey, type Layout } from './keys.js';
import type { Standing } from './rules.js';
import { type Keys, kernelOf, keysElsewhere, solve } from './solve.js';

/** A proxy at a place with its keys. */
export interface Placed {
  readonly standing: Standing;
  readonly keys: Keys;
}

/** Those that may stand at each place by themselves, and which neighbours may not stand beside each other. */
export interface Ground {
  readonly layout: Layout;
  readonly places: readonly (readonly Standing[])[];
  readonly isOpen: (to: Proxy, from: Proxy) => boolean;
}

/** A search that was made ready once for a draw. */
export interface Exact {
  /** The few that decide, place by place. */
  readonly kernels: readonly (readonly Placed[])[];
  /** Whether proxies at the first places can be followed to the end; none for the first place asks whether there is a route at all. */
  readonly leadsOn: (chosen: readonly Placed[]) => boolean;
}

/** Rounds of learning ways that are down; each learns all between neighbours that it looks at, and there are a few thousand at most. */
const mostRounds = 100;

/** Makes a search ready: looks at every proxy of every place. */
export const createExact = (ground: Ground): Exact => {
  const kernels = openKernels(ground);
  return {
    kernels,
    leadsOn: (chosen) => {
      const last = chosen.at(-1);
      const [next = [], ...rest] = kernels.slice(chosen.length);
      if (chosen.length === kernels.length) return true;
      const open =
        last === undefined ? next : next.filter((to) => ground.isOpen(to.standing.proxy, last.standing.proxy));
      return solve([open, ...rest], new Set(chosen.flatMap(({ keys }) => keys))) !== undefined;
    },
  };
};

/** Ways that are down become keys as they are found, until the few that decide have none that are not known. */
const openKernels = (ground: Ground): readonly (readonly Placed[])[] => {
  const ways = ground.places.map(() => new Map<ProxyId, Set<string>>());
  for (let round = 0; ; round += 1) {
    const kernels = kernelsOf(ground, ways);
    if (round >= mostRounds || !learn(kernels, ground, ways)) return kernels;
  }
};

type Ways = readonly Map<ProxyId, Set<string>>[];

const kernelsOf = ({ places, layout }: Ground, ways: Ways): readonly (readonly Placed[])[] => {
  const placed = places.map((standings, at) => place(standings, at, { layout, ways }));
  const needed = placed.map((items, at) => withoutIdle(items, placed, at));
  return needed.map((items, at) => kernelOf(items, keysElsewhere(needed, at)));
};

const place = (
  standings: readonly Standing[],
  at: number,
  { layout, ways }: { readonly layout: Layout; readonly ways: Ways },
): readonly Placed[] =>
  standings.map((standing) => {
    const down = ways[at]?.get(standing.proxy.id);
    const keys = keysAt(standing, at, layout);
    return { standing, keys: down === undefined ? keys : [...keys, ...down] };
  });

/** Keys about going on (`>`) matter only where both neighbours have them; without the others there are fewer to look at. */
const withoutIdle = (
  items: readonly Placed[],
  placed: readonly (readonly Placed[])[],
  at: number,
): readonly Placed[] => {
  const near = new Set<string>();
  for (const { keys } of [...(placed[at - 1] ?? []), ...(placed[at + 1] ?? [])]) {
    for (const key of keys) if (key.startsWith('>')) near.add(key);
  }
  return items.map(({ standing, keys }) => ({
    standing,
    keys: keys.filter((key) => !key.startsWith('>') || near.has(key)),
  }));
};

const learn = (kernels: readonly (readonly Placed[])[], { isOpen }: Ground, ways: Ways): boolean => {
  let learnt = false;
  for (const [at, items] of kernels.entries()) {
    for (const { standing: to, keys } of at === 0 ? [] : items) {
      for (const { standing: from } of kernels[at - 1] ?? []) {
        const key = wayKey(at, from.proxy, to.proxy);
        if (keys.includes(key) || isOpen(to.proxy, from.proxy)) continue;
        note(ways[at - 1], from.proxy.id, key);
        note(ways[at], to.proxy.id, key);
        learnt = true;
      }
    }
  }
  return learnt;
};

const note = (ways: Map<ProxyId, Set<string>> | undefined, id: ProxyId, key: string): void => {
  const known = ways?.get(id) ?? new Set<string>();
  ways?.set(id, known.add(key));
};
