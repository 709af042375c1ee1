/** The last word on every way between two hops, kept by both ends: what the court looks at. */

import { type At, type Millis, since } from '../model/brand.js';
import type { ProxyId } from '../model/cascade.js';
import { createKeys } from './keys.js';
import { createRecent } from './recent.js';

/** What is known of the way between two hops. */
export interface Tie {
  readonly from: ProxyId;
  readonly to: ProxyId;
  goodAt?: At;
  badAt?: At;
  /** Tries that ended so; halved together now and then, so that the past fades. */
  goods: number;
  bads: number;
}

/** Ways by their near and by their far end. */
export interface Ties {
  readonly good: (from: ProxyId, to: ProxyId, at: At) => void;
  readonly bad: (from: ProxyId, to: ProxyId, at: At) => void;
  readonly from: (proxy: ProxyId) => readonly Tie[];
  readonly to: (proxy: ProxyId) => readonly Tie[];
  /** Takes back the bad words from that moment on. */
  readonly pardon: (from: At) => void;
}

const fades = 64;

/** No ways yet; of more than `most` the one that was longest not spoken of is forgotten. */
export const createTies = (most: number): Ties => {
  const keyOf = createKeys(most);
  const outs = new Map<ProxyId, Set<Tie>>();
  const ins = new Map<ProxyId, Set<Tie>>();
  const all = createRecent<string, Tie>(most, (tie) => {
    drop(outs, tie.from, tie);
    drop(ins, tie.to, tie);
  });
  const make = (from: ProxyId, to: ProxyId): Tie => {
    const tie = { from, to, goods: 0, bads: 0 };
    put(outs, from, tie);
    put(ins, to, tie);
    return tie;
  };
  const of = (from: ProxyId, to: ProxyId): Tie => all.use(keyOf(from, to), () => make(from, to));

  return {
    good: (from, to, at) => {
      note(of(from, to), 'good', at);
    },
    bad: (from, to, at) => {
      note(of(from, to), 'bad', at);
    },
    from: (proxy) => [...(outs.get(proxy) ?? [])],
    to: (proxy) => [...(ins.get(proxy) ?? [])],
    pardon: (from) => {
      for (const tie of all.values()) {
        if (tie.badAt === undefined || tie.badAt < from) continue;
        delete tie.badAt;
        tie.bads = Math.max(0, tie.bads - 1);
      }
    },
  };
};

/**
 * What the last word on a way was; undefined where none was spoken in the window. Bad words hold five windows long: what fails
 * is asked ever more seldom, and is not forgiven for that.
 */
export const lastWord = ({ goodAt, badAt }: Tie, at: At, window: Millis): 'good' | 'bad' | undefined => {
  const isBad = badAt !== undefined && since(badAt, at) <= 5 * window && badAt >= (goodAt ?? badAt);
  if (isBad) return 'bad';
  return goodAt !== undefined && since(goodAt, at) <= window ? 'good' : undefined;
};

const note = (tie: Tie, word: 'good' | 'bad', at: At): void => {
  if (word === 'good') [tie.goodAt, tie.goods] = [at, tie.goods + 1];
  else [tie.badAt, tie.bads] = [at, tie.bads + 1];
  if (tie.goods + tie.bads < fades) return;
  tie.goods = Math.floor(tie.goods / 2);
  tie.bads = Math.floor(tie.bads / 2);
};

const put = (index: Map<ProxyId, Set<Tie>>, proxy: ProxyId, tie: Tie): void => {
  const ties = index.get(proxy) ?? new Set();
  index.set(proxy, ties.add(tie));
};

const drop = (index: Map<ProxyId, Set<Tie>>, proxy: ProxyId, tie: Tie): void => {
  const ties = index.get(proxy);
  ties?.delete(tie);
  if (ties?.size === 0) index.delete(proxy);
};
