/** The records of all hops and ways that are known; the one that was longest not used is forgotten first. */

import type { At } from '../model/brand.js';
import type { ProxyId } from '../model/cascade.js';
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
  const hops = new Map<ProxyId, HopRecord>();
  const edges = new Map<string, EdgeRecord>();
  const waysIn = new Map<ProxyId, Set<EdgeRecord>>();

  const forget = (edge: EdgeRecord): void => {
    edges.delete(keyOf(edge.from, edge.to));
    const ways = waysIn.get(edge.to);
    ways?.delete(edge);
    if (ways?.size === 0) waysIn.delete(edge.to);
  };
  return {
    hop: (proxy) => {
      const hop = hops.get(proxy) ?? newHop(proxy, clock());
      hops.delete(proxy);
      hops.set(proxy, hop);
      const [oldest] = hops.size > rules.proxies ? hops.keys() : [];
      if (oldest !== undefined) hops.delete(oldest);
      return hop;
    },
    edge: (from, to) => {
      const key = keyOf(from, to);
      const edge = edges.get(key) ?? newEdge(from, to, clock());
      edges.delete(key);
      edges.set(key, edge);
      waysIn.set(to, (waysIn.get(to) ?? new Set()).add(edge));
      const [oldest] = edges.size > rules.edges ? edges.values() : [];
      if (oldest !== undefined) forget(oldest);
      return edge;
    },
    findHop: (proxy) => hops.get(proxy),
    findEdge: (from, to) => edges.get(keyOf(from, to)),
    waysTo: (proxy) => [...(waysIn.get(proxy) ?? [])],
    hops: () => [...hops.values()],
    edges: () => [...edges.values()],
  };
};

const keyOf = (from: ProxyId | undefined, to: ProxyId): string => `${from ?? ''}\n${to}`;
