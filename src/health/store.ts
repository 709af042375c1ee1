/** The records of all hops and ways that are known; the one that was longest not used is forgotten first. */

import type { At } from '../model/brand.js';
import type { ProxyId } from '../model/cascade.js';
import { createKeys } from './keys.js';
import { createRecent } from './recent.js';
import { type EdgeRecord, type HopRecord, newEdge, newHop } from './record.js';

/** The most that is kept. */
export interface StoreRules {
  readonly proxies: number;
  readonly edges: number;
}

/** The records. */
export interface Store {
  /** Makes what does not exist yet, and marks it as used. */
  readonly hop: (proxy: ProxyId) => HopRecord;
  readonly edge: (from: ProxyId | undefined, to: ProxyId) => EdgeRecord;
  readonly findHop: (proxy: ProxyId) => HopRecord | undefined;
  readonly findEdge: (from: ProxyId | undefined, to: ProxyId) => EdgeRecord | undefined;
  readonly waysTo: (proxy: ProxyId) => readonly EdgeRecord[];
  readonly hops: () => readonly HopRecord[];
  readonly edges: () => readonly EdgeRecord[];
}

/** No records. */
export const createStore = (clock: () => At, rules: StoreRules): Store => {
  const hops = createRecent<ProxyId, HopRecord>(rules.proxies);
  const keyOf = createKeys(rules.edges);
  const waysIn = new Map<ProxyId, Set<EdgeRecord>>();

  const forget = (edge: EdgeRecord): void => {
    const ways = waysIn.get(edge.to);
    ways?.delete(edge);
    if (ways?.size === 0) waysIn.delete(edge.to);
  };
  const edges = createRecent<string, EdgeRecord>(rules.edges, forget);
  const makeHop = (proxy: ProxyId): HopRecord => newHop(proxy, clock());
  const makeEdge = (from: ProxyId | undefined, to: ProxyId): EdgeRecord => {
    const edge = newEdge(from, to, clock());
    waysIn.set(to, (waysIn.get(to) ?? new Set()).add(edge));
    return edge;
  };
  return {
    hop: (proxy) => hops.use(proxy, makeHop),
    edge: (from, to) => edges.use(keyOf(from, to), () => makeEdge(from, to)),
    findHop: (proxy) => hops.get(proxy),
    findEdge: (from, to) => edges.get(keyOf(from, to)),
    waysTo: (proxy) => [...(waysIn.get(proxy) ?? [])],
    hops: () => [...hops.values()],
    edges: () => [...edges.values()],
  };
};
