/** Where evidence becomes standings: what was passed, what failed, and what probes were told goes through the courts into the chart. */

import { type Millis, millis } from '../model/brand.js';
import type { Proxy, ProxyId } from '../model/cascade.js';
import type { Failure } from '../model/failure.js';
import type { Route } from '../model/route.js';
import type { HopTiming } from '../model/session.js';
import { type Asked, type Charge, chargeOf, isSilence } from './charge.js';
import type { Court, Verdict } from './court.js';
import { type NoteParts, type Notes, type Wrong, createNotes } from './notes.js';
import type { OutageCourt } from './outage.js';
import type { HopRecord } from './record.js';
import type { Silences } from './silence.js';

/** What evidence is judged with. */
export interface BenchParts extends NoteParts {
  readonly court: Court;
  readonly outage: OutageCourt;
  readonly silences: Silences;
  /** The longest that this program was held up lately. */
  readonly late: () => Millis;
}

/** Takes evidence. */
export interface Bench {
  /** Hop `timing.hop` said that the way behind it is open: the way to it is, and the hop before it told the truth. */
  readonly passed: (route: Route, timing: HopTiming) => void;
  /** `target` tells targets apart, and nothing else. */
  readonly failed: (route: Route, failure: Failure, asked: Asked, target?: string) => void;
  readonly firstByte: (route: Route, span: Millis) => void;
  /** The last hop refused what nobody can reach. */
  readonly answered: (route: Route, span: Millis) => void;
  /** The last hop says that it reached what does not exist; `spoke` where bytes even came from there. */
  readonly claimed: (route: Route, claim: Claim) => void;
}

interface Claim {
  readonly failure: Failure;
  readonly spoke: boolean;
}

/** A hop through which a session got bytes in the last hour is not doubted for what it only claims: some say yes before they look. */
const trusted = 3_600_000;

/** A bench over a chart. */
export const createBench = (parts: BenchParts): Bench => {
  const tools: Tools = { ...parts, ...createNotes(parts) };
  return {
    passed: (route, timing) => {
      hearPassed(tools, route, timing);
    },
    failed: (route, failure, asked, target = '') => {
      if (!isCounted(tools, route, failure)) return;
      if (failure.code.startsWith('onward-') && failure.blame !== undefined)
        spoke(tools, route, failure.blame.reporter);
      judge(tools, route, { failure, target, charge: chargeOf(route, failure, asked, speaksIn(tools, route)) });
      noteSilence(tools, route, failure);
    },
    firstByte: (route, span) => {
      const hop = spoke(tools, route, route.hops.length);
      if (hop === undefined) return;
      hop.spreads.took(parts.wallClock(), 'firstByte', span);
      [hop.firstByteAt, hop.claimedAt] = [parts.clock(), undefined];
      parts.court.reached(hop.proxy);
      tools.goodHop(hop, { counts: false });
    },
    answered: (route, span) => {
      const hop = spoke(tools, route, route.hops.length);
      if (hop === undefined) return;
      hop.claimedAt = undefined;
      parts.silences.cleared(route.hops.at(-2)?.id, hop.proxy, parts.clock());
      if (route.hops.length > 1) hop.spreads.took(parts.wallClock(), 'exchange', span);
      hop.spreads.step(millis(0), span);
      if (!parts.court.refusesAll(hop.proxy, parts.clock())) tools.goodHop(hop, { time: span, counts: true });
    },
    claimed: (route, claim) => {
      hearClaim(tools, route, claim);
    },
  };
};

type Tools = BenchParts & Notes;

const hearPassed = (tools: Tools, route: Route, { hop: number, connect, exchange }: HopTiming): void => {
  const hop = spoke(tools, route, number);
  if (hop === undefined) return;
  const wall = tools.wallClock();
  if (connect !== undefined) hop.spreads.took(wall, 'connect', connect);
  hop.spreads.took(wall, 'exchange', exchange);
  hop.spreads.step(connect ?? millis(0), exchange);
  // What the last hop took is the target's time too: it makes no hop slow.
  hop.took = number < route.hops.length ? millis((connect ?? 0) + exchange) : undefined;
  if (number < route.hops.length || hop.claimedAt !== undefined) return;
  tools.court.reached(hop.proxy);
  tools.goodHop(hop, { counts: true });
};

/** Hop `number` spoke its protocol: the way to it is open, and what the hop before it said is true. */
const spoke = (tools: Tools, { hops }: Route, number: number): HopRecord | undefined => {
  const { chart, clock } = tools;
  const [proxy, before] = [hops[number - 1], hops[number - 2]];
  if (proxy === undefined) return undefined;
  tools.outage.proof(hops[0].hop.endpoint, clock());
  tools.court.opened(before?.id, proxy.id, clock());
  tools.silences.heard(before?.id, proxy.id, clock());
  tools.goodWay(before?.id, proxy.id);
  if (before !== undefined) {
    const near = chart.hop(before.id);
    tools.goodHop(near, { time: near.took, counts: true });
    near.took = undefined;
  }
  return chart.hop(proxy.id);
};

const speaksIn =
  ({ silences, clock }: Tools, { hops }: Route) =>
  (number: number): boolean => {
    const proxy = hops[number - 1];
    return proxy !== undefined && silences.speaks(hops[number - 2]?.id, proxy.id, clock());
  };

const noteSilence = ({ silences, clock }: Tools, { hops }: Route, failure: Failure): void => {
  const suspect = failure.blame?.suspect;
  const proxy = typeof suspect === 'number' ? hops[suspect - 1] : undefined;
  if (typeof suspect !== 'number' || proxy === undefined || !isSilence(failure)) return;
  silences.fell(hops[suspect - 2]?.id, proxy.id, clock());
};

/** Where this program itself was held up for so long, a timeout tells of it, and of no hop. */
const heldUp = 250;

/** Asks the court of outages; where the network was down, what failed meanwhile was nobody's fault. */
const isCounted = (tools: Tools, { hops }: Route, failure: Failure): boolean => {
  const { outage, court, chart, clock, touched, late } = tools;
  if (failure.code === 'hop-timeout' && late() >= heldUp) return false;
  const { counts, pardon } = outage.failed(hops[0].hop.endpoint, failure, clock());
  if (pardon === undefined) return counts;
  court.pardon(pardon);
  const { hops: pardonedHops, edges } = chart.pardon(pardon);
  for (const hop of pardonedHops) touched.hop(hop, true);
  for (const edge of edges) touched.edge(edge, true);
  return counts;
};

const judge = (
  tools: Tools,
  route: Route,
  { charge, failure, target }: { readonly charge: Charge; readonly failure: Failure; readonly target: string },
): void => {
  const idOf = (number: number): ProxyId => proxyAt(route, number).id;
  const full: Wrong = { failure, weight: 'full' };
  switch (charge.kind) {
    case 'nobody':
      return;
    case 'hop':
      tools.badHop(idOf(charge.hop), full);
      return;
    case 'way':
      judgeWay(tools, route, charge.from, full);
      return;
    case 'silent': {
      const verdict = breakWay(tools, route, charge.hop, full);
      if (verdict.kind === 'edge') tools.badHop(idOf(charge.hop), { failure, weight: 'mild' });
      return;
    }
    case 'target':
      judgeExit(tools, idOf(charge.hop), { ...full, target, spoke: charge.spoke });
  }
};

/** A hop that says no is there, and speaks: that is good evidence of it, unless the court holds that it refuses everyone. */
const judgeWay = (tools: Tools, route: Route, from: number, wrong: Wrong): void => {
  const verdict = breakWay(tools, route, from, wrong);
  if (from === 0 || !wrong.failure.code.startsWith('onward-')) return;
  const near = proxyAt(route, from).id;
  if (verdict.kind !== 'hop' || verdict.proxy !== near) tools.goodHop(tools.chart.hop(near), { counts: false });
};

/** A target's failure is none of the last hop's, until it has failed at several and reached none. */
const judgeExit = (
  tools: Tools,
  last: ProxyId,
  { target, spoke: itSpoke, ...wrong }: Wrong & { readonly target: string; readonly spoke: boolean },
): void => {
  const { kind } = tools.court.unreached(last, target, tools.clock());
  if (kind === 'hop') tools.badHop(last, wrong);
  else if (itSpoke) tools.goodHop(tools.chart.hop(last), { counts: false });
};

const breakWay = (tools: Tools, { hops }: Route, from: number, wrong: Wrong): Verdict => {
  const [near, far] = [hops[from - 1], hops[from]];
  if (far === undefined) return { kind: 'nobody' };
  const verdict = tools.court.broken(near?.id, far.id, tools.clock());
  tools.badWay(near?.id, far.id, wrong);
  if (verdict.kind === 'hop') tools.badHop(verdict.proxy, wrong);
  else if (wrong.weight === 'full') tools.countUnreached(far.id);
  return verdict;
};

const hearClaim = (tools: Tools, route: Route, { failure, spoke: itSpoke }: Claim): void => {
  const last = route.hops.at(-1);
  if (last === undefined) return;
  const hop = tools.chart.hop(last.id);
  const isTrusted = hop.firstByteAt !== undefined && tools.clock() - hop.firstByteAt < trusted;
  if (isTrusted && !itSpoke) return;
  hop.claimedAt = tools.clock();
  breakWay(tools, route, route.hops.length - 1, { failure, weight: 'mild' });
};

const proxyAt = ({ hops }: Route, number: number): Proxy => hops[number - 1] ?? hops[0];
