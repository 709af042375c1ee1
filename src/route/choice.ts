/** In which order the proxies of a position are tried for a session, and the choices that last longer than one. */

import { getDomain } from 'tldts';
import { hostText } from '../model/address.js';
import { type At, since } from '../model/brand.js';
import type { Cascade, Position, Proxy, ProxyId } from '../model/cascade.js';
import type { Evidence } from '../model/evidence.js';
import type { Identity } from '../model/route.js';
import { shuffled } from './draw.js';
import type { PlannerParts, Wanted } from './plan.js';

/** A position of a cascade, and which one it is. */
interface Place {
  readonly cascade: Cascade;
  readonly position: Position;
  readonly index: number;
}

/** The choices at all positions. */
export interface Choice {
  /** Every proxy of a position, the preferred one first. */
  readonly order: (place: Place, wanted: Wanted) => readonly Proxy[];
  /** Remembers what was chosen, where that is to last. */
  readonly keep: (cascade: Cascade, wanted: Wanted, hops: readonly Proxy[]) => void;
  /** What was chosen before at a position and is to last, if anything. */
  readonly drawn: (place: Place, wanted: Wanted) => ProxyId | undefined;
  readonly forget: (identity: Identity) => void;
}

/** `fastest` leaves its proxy only for one that is faster by more than this part. */
const margin = 0.2;
/** `sticky` draws anew after ten minutes. */
const stickyFor = 600_000;
const mostDraws = 10_000;
const mostFavourites = 1_000;

interface Draw {
  readonly identity: Identity;
  readonly proxy: ProxyId;
  readonly at: At;
}

/** Choices that nobody has made yet. */
export const createChoice = ({ evidence, random, clock }: PlannerParts): Choice => {
  const draws = new Map<string, Draw>();
  const favourites = new Map<string, ProxyId>();
  const drawn = (key: string): ProxyId | undefined => {
    const draw = draws.get(key);
    return draw === undefined || since(draw.at, clock()) >= stickyFor ? undefined : draw.proxy;
  };

  const order = (place: Place, wanted: Wanted): readonly Proxy[] => {
    const { among, pick } = place.position;
    if (among.length === 1) return among;
    switch (pick) {
      case 'first-up':
        return steadyFirst(among, evidence);
      case 'random':
        return shuffled(among, random);
      case 'fastest':
        return fastestFirst(steadyFirst(among, evidence), favourites.get(placeKey(place)), evidence);
      case 'sticky':
        return foremost(shuffled(among, random), drawn(drawKey(place, wanted)));
    }
  };
  const keepOne = (place: Place, wanted: Wanted, { id }: Proxy): void => {
    if (place.position.among.length === 1) return;
    if (place.position.pick === 'fastest') store(favourites, placeKey(place), id, mostFavourites);
    if (place.position.pick !== 'sticky') return;
    const key = drawKey(place, wanted);
    if (drawn(key) !== id) store(draws, key, { identity: wanted.identity, proxy: id, at: clock() }, mostDraws);
  };
  return {
    order,
    drawn: (place, wanted) =>
      place.position.pick === 'fastest' ? favourites.get(placeKey(place)) : drawn(drawKey(place, wanted)),
    keep: (cascade, wanted, hops) => {
      for (const [index, position] of cascade.positions.entries()) {
        const proxy = hops[index];
        if (proxy !== undefined) keepOne({ cascade, position, index }, wanted, proxy);
      }
    },
    forget: (identity) => {
      for (const [key, draw] of draws) if (draw.identity === identity) draws.delete(key);
    },
  };
};

/** Those that have not failed lately, or have been good three times since, before the others; both in the user's order. */
const steadyFirst = (among: readonly Proxy[], { steady }: Evidence): readonly Proxy[] => [
  ...among.filter((proxy) => steady(proxy)),
  ...among.filter((proxy) => !steady(proxy)),
];

/** By time; what was never timed comes first, so that it gets a time. The favourite stays first while nobody is much faster. */
const fastestFirst = (
  among: readonly Proxy[],
  favourite: ProxyId | undefined,
  { timeOf, steady }: Evidence,
): readonly Proxy[] => {
  const time = (proxy: Proxy): number => (steady(proxy) ? (timeOf(proxy) ?? 0) : Number.MAX_SAFE_INTEGER);
  const order = [...among].sort((one, other) => time(one) - time(other));
  const [best] = order;
  const held = order.find(({ id }) => id === favourite);
  if (best === undefined || held === undefined || time(best) < time(held) * (1 - margin)) return order;
  return foremost(order, held.id);
};

const foremost = (order: readonly Proxy[], first: ProxyId | undefined): readonly Proxy[] => [
  ...order.filter(({ id }) => id === first),
  ...order.filter(({ id }) => id !== first),
];

const placeKey = ({ cascade, index }: Place): string => JSON.stringify([cascade.id, index]);

const drawKey = ({ cascade, index }: Place, { identity, target }: Wanted): string => {
  const host = hostText(target.host);
  return JSON.stringify([cascade.id, index, identity, siteOf(host)]);
};

/** What belongs to one owner on the Web; the host itself where that cannot be told. */
export const siteOf = (host: string): string => getDomain(host, { allowPrivateDomains: true }) ?? host;

/** Sets the newest entry, and forgets the oldest of too many. */
const store = <Value>(map: Map<string, Value>, key: string, value: Value, most: number): void => {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
};
