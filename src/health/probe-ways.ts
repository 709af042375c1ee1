/** Through which proxies of a cascade a probe may go: for whose sake there are probes, and the route of each. */

import { type NonEmpty, isNonEmpty } from '../model/brand.js';
import { type Cascade, type CascadeId, type Proxy, drawsFromBook } from '../model/cascade.js';
import type { Identity, Route } from '../model/route.js';

/** What is asked of the world. */
export interface WaySight {
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
  readonly usable: (to: Proxy, from?: Proxy) => boolean;
  /** Whether a proxy may be in a route at all. */
  readonly mayPass: (proxy: Proxy) => boolean;
  /** The routes to be probed of a cascade that draws from the book. */
  readonly rows: (cascade: Cascade) => readonly Route[];
}

/** The proxies that probes are for, and a route through each of them. */
export interface ProbeWays {
  readonly candidates: readonly Proxy[];
  /** The route of a probe for one of them. */
  readonly routeFor: (focus: Proxy) => Route | undefined;
}

/** The ways through a cascade as they are now. */
export const waysThrough = (cascade: Cascade, sight: WaySight): ProbeWays => {
  if (drawsFromBook(cascade)) return alongRows(sight.rows(cascade));
  const positions = cascade.positions.map(({ among }) => among.filter(sight.mayPass));
  return { candidates: fociOf(positions), routeFor: (focus) => routeVia({ id: cascade.id, positions }, focus, sight) };
};

/** For the sake of the last hops, each once, and through the row as it was drawn. */
const alongRows = (rows: readonly Route[]): ProbeWays => {
  const byLast = new Map<Proxy['id'], { readonly last: Proxy; readonly route: Route }>();
  for (const route of rows) {
    const last = route.hops.at(-1) ?? route.hops[0];
    if (!byLast.has(last.id)) byLast.set(last.id, { last, route });
  }
  return { candidates: [...byLast.values()].map(({ last }) => last), routeFor: ({ id }) => byLast.get(id)?.route };
};

/** Who may stand at each position. */
type Among = readonly (readonly Proxy[])[];

/** The proxies that make a difference: all alternatives, or the last hop where there are none; nobody where a position is empty. */
const fociOf = (positions: Among): readonly Proxy[] => {
  if (positions.some((among) => among.length === 0)) return [];
  const several = positions.flatMap((among) => (among.length > 1 ? among : []));
  return several.length > 0 ? several : (positions.at(-1) ?? []);
};

/** A route through the focus; at other positions any proxy that is usable behind the one before, so that all ways come to be tried. */
const routeVia = (
  cascade: { readonly id: CascadeId; readonly positions: Among },
  focus: Proxy,
  sight: WaySight,
): Route => {
  const hops: Proxy[] = [];
  for (const among of cascade.positions) hops.push(chooseAt(among, focus, { before: hops.at(-1), sight }));
  const whole: NonEmpty<Proxy> = isNonEmpty(hops) ? hops : [focus];
  return Object.freeze({ cascade: cascade.id, identity: '' as Identity, hops: Object.freeze(whole) });
};

const chooseAt = (
  among: readonly Proxy[],
  focus: Proxy,
  { before, sight }: { readonly before: Proxy | undefined; readonly sight: WaySight },
): Proxy => {
  if (among.includes(focus)) return focus;
  const usable = among.filter((proxy) => sight.usable(proxy, before));
  const from = usable.length > 0 ? usable : among;
  return from[Math.floor(sight.random() * from.length)] ?? focus;
};
