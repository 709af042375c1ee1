/** The court of blame: what other dials say decides whether a failed way is the fault of its near end, its far end, or its own. */

import { type At, type Millis, since } from '../model/brand.js';
import type { ProxyId } from '../model/cascade.js';
import { isFilter } from './filter.js';
import { type Tie, createTies, lastWord } from './ties.js';

/** Whose fault a failure is. `from` is missing where the near end is this machine. */
export type Verdict =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'hop'; readonly proxy: ProxyId }
  | { readonly kind: 'edge'; readonly from: ProxyId; readonly to: ProxyId };

/** A court that remembers the last word on every way. */
export interface Court {
  /** The far end spoke its protocol through the near end. */
  readonly opened: (from: ProxyId | undefined, to: ProxyId, at: At) => void;
  /** A way failed. The word of this machine is believed; a hop's is weighed against all others'. */
  readonly broken: (from: ProxyId | undefined, to: ProxyId, at: At) => Verdict;
  /** A last hop reached a target, or did not. `target` tells targets apart, and nothing else. */
  readonly reached: (last: ProxyId) => void;
  readonly unreached: (last: ProxyId, target: string, at: At) => Verdict;
  /** Whether a hop has spoken its protocol in the window. */
  readonly spoke: (proxy: ProxyId, at: At) => boolean;
  /** Whether a last hop is held to refuse every target. */
  readonly refusesAll: (last: ProxyId, at: At) => boolean;
  readonly filters: (proxy: ProxyId) => boolean;
  /** Takes back all failures from that moment on. */
  readonly pardon: (from: At) => void;
}

/** How far back the court looks, and how much it remembers. */
export interface CourtRules {
  readonly window: Millis;
  readonly edges: number;
  readonly proxies: number;
}

/** Partners that must agree against a hop; targets are weaker witnesses, since each may be down by itself. */
const partners = 2;
const targets = 3;

interface Exit {
  readonly refused: Set<string>;
  readonly at: At;
}

/** An empty court. */
export const createCourt = ({ window, edges, proxies }: CourtRules): Court => {
  const ties = createTies(edges);
  const heard = new Map<ProxyId, At>();
  const exits = createExits(targets, (5 * window) as Millis, proxies);

  /** How many ways have a bad last word; undefined where any way is good. */
  const bad = (all: readonly Tie[], at: At): number | undefined => {
    const words = all.map((tie) => lastWord(tie, at, window));
    return words.includes('good') ? undefined : words.filter((word) => word === 'bad').length;
  };
  /** It fails at two next places and reaches none; or at three targets and reaches nothing. */
  const refusesAll = (proxy: ProxyId, at: At): boolean => {
    const hops = bad(ties.from(proxy), at);
    if (hops === undefined) return false;
    const sites = exits.count(proxy, at);
    return sites >= targets || (hops > 0 && hops + sites >= partners);
  };
  const refusesTargets = (last: ProxyId, at: At): boolean => exits.count(last, at) >= targets && refusesAll(last, at);

  return {
    opened: (from, to, at) => {
      keep(heard, to, at, proxies);
      if (from !== undefined) ties.good(from, to, at);
    },
    broken: (from, to, at) => {
      if (from === undefined) return { kind: 'hop', proxy: to };
      ties.bad(from, to, at);
      const near = refusesAll(from, at);
      const far = (bad(ties.to(to), at) ?? 0) >= partners;
      return near === far ? { kind: 'edge', from, to } : { kind: 'hop', proxy: near ? from : to };
    },
    reached: exits.forget,
    unreached: (last, target, at) => {
      exits.add(last, target, at);
      return refusesTargets(last, at) ? { kind: 'hop', proxy: last } : { kind: 'nobody' };
    },
    spoke: (proxy, at) => {
      const heardAt = heard.get(proxy);
      return heardAt !== undefined && since(heardAt, at) <= window;
    },
    refusesAll: refusesTargets,
    filters: (proxy) => isFilter(ties.from(proxy), (to) => ties.to(to).filter(({ from }) => from !== proxy)),
    pardon: (from) => {
      ties.pardon(from);
      exits.pardon(from);
    },
  };
};

/** Targets that last hops did not reach since they reached one. */
const createExits = (most: number, span: Millis, proxies: number) => {
  const exits = new Map<ProxyId, Exit>();
  const find = (last: ProxyId, at: At): Exit | undefined => {
    const exit = exits.get(last);
    return exit !== undefined && since(exit.at, at) <= span ? exit : undefined;
  };
  return {
    count: (last: ProxyId, at: At): number => find(last, at)?.refused.size ?? 0,
    add: (last: ProxyId, target: string, at: At): void => {
      const refused = find(last, at)?.refused ?? new Set();
      if (refused.size < most) refused.add(target);
      keep(exits, last, { refused, at }, proxies);
    },
    forget: (last: ProxyId): void => void exits.delete(last),
    pardon: (from: At): void => {
      for (const [last, { at }] of exits) if (at >= from) exits.delete(last);
    },
  };
};

/** Sets the newest, and forgets the oldest of too many. */
const keep = <Value>(map: Map<ProxyId, Value>, key: ProxyId, value: Value, most: number): void => {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
};
