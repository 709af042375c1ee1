/** Reads standings off the records: of hops, of ways, of whole cascades, and what is shown of them. */

import { type At, type Millis, millis } from '../model/brand.js';
import type { Proxy, ProxyId } from '../model/cascade.js';
import type { EdgeHealth, HopHealth, Standing } from '../model/standing.js';
import { type EdgeRecord, type HopRecord, type Patient, pardon } from './record.js';
import { type StandingRules, isSteady, standingAt } from './standing.js';
import { type Store, type StoreRules, createStore } from './store.js';

/** A clock that never goes back, and the one on the wall. */
export interface Clocks {
  readonly clock: () => At;
  readonly wallClock: () => number;
}

/** Who may stand at each position. */
export type Among = readonly { readonly among: readonly Proxy[] }[];

/** Records and what they mean. */
export interface Chart extends Store {
  /** Its standing by its own evidence alone; what was never tried is unknown. */
  readonly standing: (patient: Patient | undefined) => Standing;
  readonly steady: (patient: Patient | undefined) => boolean;
  /** How long a step of a dial may take at a proxy. */
  readonly patience: (proxy: ProxyId, most: Millis) => Millis;
  readonly viewHop: (hop: HopRecord, filters: boolean) => HopHealth;
  readonly viewEdge: (edge: EdgeRecord) => EdgeHealth;
  /** The standing of the best whole route: the worst of its hops and ways. */
  readonly best: (positions: Among) => Standing;
  /** Takes back all failures since a moment; gives whose. */
  readonly pardon: (from: At) => { readonly hops: readonly HopRecord[]; readonly edges: readonly EdgeRecord[] };
}

/** The best of several; nothing is known of none. */
export const bestOf = (standings: readonly Standing[]): Standing =>
  standings.length === 0 ? 'unknown' : (order[Math.min(...standings.map(rank))] ?? 'unknown');

/** From best to worst. What is not known is worse than what works, and better than what fails. */
const order: readonly Standing[] = ['up', 'slow', 'unknown', 'suspect', 'down'];
const rank = (standing: Standing): number => order.indexOf(standing);
const isIll = (standing: Standing): boolean => standing === 'suspect' || standing === 'down';

/** An empty chart. */
export const createChart = ({ clock, wallClock }: Clocks, rules: StandingRules & StoreRules): Chart => {
  const store = createStore(clock, rules);
  const { findHop, findEdge, hops, edges } = store;
  const standing = (patient: Patient | undefined): Standing =>
    patient === undefined ? 'unknown' : standingAt(patient.pulse, clock(), rules);

  const show = (patient: Patient, shown: Standing): void => {
    if (patient.shown !== shown) [patient.shown, patient.since] = [shown, clock()];
  };
  return {
    ...store,
    standing,
    steady: (patient) => patient === undefined || isSteady(patient.pulse, clock(), rules),
    patience: (proxy, most) => millis(Math.min(most, findHop(proxy)?.spreads.patience() ?? most)),
    viewHop: (hop, filters) => {
      show(hop, shownHop(standing(hop), store.waysTo(hop.proxy).map(standing)));
      const { proxy, shown, since, mishap, spreads } = hop;
      return {
        ...{ proxy, standing: shown, since, ...spreads.view(wallClock()) },
        ...(mishap === undefined ? {} : { mishap }),
        ...(filters ? { filters: true as const } : {}),
      };
    },
    viewEdge: (edge) => {
      const { from, to, mishap } = edge;
      show(edge, shownEdge(standing(edge), [from && findHop(from), findHop(to)].map(standing)));
      const ends = from === undefined ? { to } : { from, to };
      return { ...ends, standing: edge.shown, since: edge.since, ...(mishap === undefined ? {} : { mishap }) };
    },
    best: (positions) =>
      bestRoute(positions, {
        hop: (proxy) => standing(findHop(proxy.id)),
        edge: (from, to) => standing(findEdge(from.id, to.id)),
      }),
    pardon: (from) => ({
      hops: hops().filter((hop) => pardon(hop, from, hop.spreads.untried)),
      edges: edges().filter((edge) => pardon(edge, from, () => undefined)),
    }),
  };
};

/** A hop to which no way is open is not shown as working: nobody could ask it. */
const shownHop = (own: Standing, ways: readonly Standing[]): Standing => {
  const known = ways.filter((way) => way !== 'unknown');
  return !isIll(own) && known.length > 0 && known.every(isIll) ? 'unknown' : own;
};

/** A way is not accused of what one of its ends is accused of. */
const shownEdge = (own: Standing, ends: readonly Standing[]): Standing =>
  isIll(own) && ends.some((end) => isIll(end) && rank(end) >= rank(own)) ? 'unknown' : own;

/** Position by position: the best way to each proxy is the best of all proxies before it, made worse by the way and itself. */
const bestRoute = (
  [first, ...rest]: Among,
  of: { readonly hop: (proxy: Proxy) => Standing; readonly edge: (from: Proxy, to: Proxy) => Standing },
): Standing => {
  if (first === undefined) return 'unknown';
  let before = first.among;
  let costs: readonly number[] = first.among.map((proxy) => rank(of.hop(proxy)));
  for (const { among } of rest) {
    const [near, sofar] = [before, costs];
    costs = among.map((to) => {
      const ways = near.map((from, index) => Math.max(sofar[index] ?? 0, rank(of.edge(from, to))));
      return Math.max(rank(of.hop(to)), Math.min(...ways));
    });
    before = among;
  }
  return order[Math.min(...costs)] ?? 'unknown';
};
