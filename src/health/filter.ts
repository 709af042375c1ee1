/** Tells a hop that refuses some next hops, which its peers reach, from one that just loses now and then. */

import type { ProxyId } from '../model/cascade.js';
import type { Tie } from './ties.js';

/** The chance that an honest hop would look so, over all its ways together; tries that are too few tell nothing. */
const chance = 0.001;
const fewest = 4;
/** What any honest hop may lose. */
const ordinaryLoss = 0.1;

/**
 * A hop filters when it fails on a way, which others go well, so often that chance explains it in less than one of 1,000 cases:
 * the tail of the binomial distribution whose share of failures is the worst of what its peers lose there, what it loses on
 * its other ways, and 10 %; divided by the number of its ways, since with many of them one looks odd sooner. Losing evenly is
 * no filter, nor is failing everywhere.
 */
export const isFilter = (outs: readonly Tie[], peersOf: (to: ProxyId) => readonly Tie[]): boolean =>
  outs.some((tie) => {
    const [mine, peers, others] = [tally([tie]), tally(peersOf(tie.to)), tally(outs.filter(isWellNot(tie)))];
    if (mine.all < fewest || peers.all < fewest || others.all < fewest) return false;
    const expected = Math.max(ordinaryLoss, peers.share, others.share);
    return expected < 0.5 && tailOf(mine.bads, mine.all, expected) < chance / outs.length;
  });

/** Its other ways, without those that it fails as often: a hop may filter several next hops. */
const isWellNot =
  (tie: Tie) =>
  (other: Tie): boolean =>
    other !== tie && other.bads * (tie.goods + tie.bads) < tie.bads * (other.goods + other.bads) * 0.8;

const tally = (ties: readonly Tie[]): { readonly bads: number; readonly all: number; readonly share: number } => {
  const bads = ties.reduce((sum, tie) => sum + tie.bads, 0);
  const all = ties.reduce((sum, tie) => sum + tie.goods, bads);
  return { bads, all, share: all === 0 ? 0 : bads / all };
};

/** The chance of at least `bads` failures among `all` tries. */
const tailOf = (bads: number, all: number, share: number): number => {
  let term = (1 - share) ** all;
  let below = 0;
  for (let count = 0; count < bads; count += 1) {
    below += term;
    term *= ((all - count) / (count + 1)) * (share / (1 - share));
  }
  return Math.max(0, 1 - below);
};
