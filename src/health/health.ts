/** The pulse: keeps evidence of dials, judges hops and the ways between them, and probes the cascades that are used. */

import { createHash } from 'node:crypto';
import { type Endpoint, labelEndpoint } from '../model/address.js';
import { type Millis, millis } from '../model/brand.js';
import { type Cascade, type Proxy, drawsFromBook } from '../model/cascade.js';
import type { Evidence } from '../model/evidence.js';
import type { Failure } from '../model/failure.js';
import type { Route } from '../model/route.js';
import type { EdgeHealth, HopHealth, Mishap, Network, Standing } from '../model/standing.js';
import type { Door } from '../net/connect.js';
import { createAsk } from './ask.js';
import { type Among, type Chart, type Clocks, bestOf } from './chart.js';
import { type Drawn, createDrawn } from './drawn.js';
import { type Mind, createMind } from './mind.js';
import type { Ways } from './outage.js';
import {
  type After,
  type ProbeLimits,
  type Prober,
  type Watched,
  after as usualAfter,
  createProber,
} from './prober.js';
import type { Patient } from './record.js';
import type { HearReport } from './reports.js';
import { readSaved, writeSaved } from './saved.js';
import { type Pace, type Sight, usualPace } from './schedule.js';
import { isUnsettled, usualRules } from './standing.js';

/** What health is made of. */
export interface HealthParts extends Clocks {
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
  readonly door: Door;
  /** Every stored cascade; those kept warm, or used lately, are probed. */
  readonly cascades: () => readonly Watched[];
  /** Whether a proxy may be in a route at all; everybody may where this is missing. */
  readonly mayPass?: (proxy: Proxy) => boolean;
  /** A route of a cascade that draws from the book, as a session without a name would get it. */
  readonly draw?: (cascade: Cascade) => Route | undefined;
  /** What `save` gave before; anything else is passed over. */
  readonly saved?: string;
  /** What this machine's own tables say of its network. */
  readonly ways?: () => Ways;
  /** The longest that this program was held up lately: timeouts say nothing then. */
  readonly late?: () => Millis;
  readonly after?: After;
  readonly limits?: Partial<HealthLimits>;
}

/** The figures that health works with. */
export interface HealthLimits extends Pace, ProbeLimits {
  /** How often the prober looks what is due. */
  readonly tick: Millis;
  /** The most that a probe may take; less where its hops are known to be quicker. */
  readonly patience: Millis;
  readonly space: Millis;
  readonly stale: Millis;
  /** How far back the court of blame looks. */
  readonly window: Millis;
  readonly proxies: number;
  readonly edges: number;
}

/** The figures for everyday use. */
const usualLimits: HealthLimits = {
  ...usualPace,
  ...usualRules,
  ...{ most: 20, perProxy: 2, tick: millis(1_000), patience: millis(15_000), window: millis(300_000) },
  ...{ proxies: 2_000, edges: 4_000 },
};

/** Evidence and judgement, as the line needs them, and what faces see of them. */
export interface Health extends Evidence {
  /** `target` is kept as a hash that only this process can make, and only to tell targets apart. */
  readonly failed: (route: Route, failure: Failure, target?: Endpoint) => void;
  readonly hops: () => readonly HopHealth[];
  readonly edges: () => readonly EdgeHealth[];
  readonly network: () => Network;
  /** The standing of the best whole route; of a cascade that draws from the book, of the best that it has drawn lately. */
  readonly standingOf: (cascade: Cascade) => Standing;
  /** Probes a cascade as soon as the limits allow, also when it is not in use. */
  readonly probeNow: (cascade: Cascade) => void;
  /** A session uses this cascade, or a person has just put it to use. */
  readonly used: (cascade: Cascade) => void;
  readonly begin: () => void;
  /** Ends every probe and timer now. Evidence is still taken. */
  readonly stop: () => void;
  /** Calls `hear` at most four times a second with what has changed; gives how to call that off. */
  readonly onReport: (hear: HearReport) => () => void;
  /** What outlives the process, as text: labels and counts. */
  readonly save: () => string;
}

/** Health that knows nothing yet but what was saved. It does not probe before it begins. */
export const createHealth = (parts: HealthParts): Health => {
  const { clock, after = usualAfter } = parts;
  const limits: HealthLimits = { ...usualLimits, ...parts.limits };
  const mind = createMind(parts, limits, after);
  const { chart, court, outage, reports } = mind;
  const drawn = drawnBy(mind, parts, limits);
  const prober = createProber({
    ...{ clock, after, pace: limits, tick: limits.tick, limits, cascades: parts.cascades },
    sight: sightOf(mind, { parts, limits, drawn }),
    ask: createAsk(mind, { ...parts, patience: limits.patience }),
    onTick: () => {
      if (outage.tick(parts.wallClock(), clock())) prober.jumped();
      mind.sweep();
    },
  });
  if (parts.saved !== undefined) readSaved(parts.saved, parts.wallClock(), chart.hop);
  return {
    ...judgementsOf(mind, limits),
    ...testimonies(mind, { prober, drawn }, parts),
    urge: ({ id }) => {
      prober.urge(id);
    },
    hops: () => chart.hops().map((hop) => chart.viewHop(hop, court.filters(hop.proxy))),
    edges: () => chart.edges().map(chart.viewEdge),
    network: outage.network,
    standingOf: (cascade) => standingOf(cascade, chart, drawn),
    probeNow: ({ id }) => {
      prober.wish(id);
    },
    used: ({ id }) => {
      prober.used(id);
    },
    begin: prober.begin,
    stop: () => {
      prober.stop();
      reports.stop();
    },
    onReport: reports.onReport,
    save: () => writeSaved(chart.hops(), parts.wallClock()),
  };
};

/** What sessions tell. A clock that jumped is noticed before anything is judged. */
const testimonies = (
  { bench, outage, take }: Mind,
  { prober, drawn }: { readonly prober: Prober; readonly drawn: Drawn },
  { clock, wallClock, random }: HealthParts,
): Pick<Health, 'passed' | 'failed' | 'firstByte'> => {
  const salt = String(random());
  const hear = (evidence: () => void): void => {
    if (prober.ticks() && outage.tick(wallClock(), clock())) prober.jumped();
    take(evidence);
  };
  const went = (route: Route): void => {
    if (route.drawn === true) drawn.took(route);
    prober.heard(route);
  };
  return {
    passed: (route, timing) => {
      hear(() => {
        bench.passed(route, timing);
      });
      if (timing.hop === route.hops.length) went(route);
    },
    failed: (route, failure, target) => {
      hear(() => {
        bench.failed(route, failure, 'target', target && hashOf(target, salt));
      });
      went(route);
    },
    firstByte: (route, span) => {
      hear(() => {
        bench.firstByte(route, span);
      });
    },
  };
};

/** Only this process can make the hash, and it makes no other use of it. */
const hashOf = (target: Endpoint, salt: string): string =>
  createHash('sha256')
    .update(`${salt} ${labelEndpoint(target)}`)
    .digest('base64url')
    .slice(0, 16);

/** What the line asks before it chooses. */
const judgementsOf = (
  { chart, onChange }: Mind,
  limits: HealthLimits,
): Pick<Evidence, 'usable' | 'steady' | 'timeOf' | 'patienceFor' | 'mishapOf' | 'onChange'> => ({
  usable: usableIn(chart),
  steady: ({ id }) => {
    const ways = chart.waysTo(id);
    return chart.steady(chart.findHop(id)) && (ways.length === 0 || ways.some(chart.steady));
  },
  timeOf: ({ id }) => chart.findHop(id)?.spreads.mean(),
  patienceFor: ({ id }) => chart.patience(id, limits.patience),
  mishapOf: (to, from) => latestOf([chart.findEdge(from?.id, to.id), chart.findHop(to.id)]),
  onChange,
});

const usableIn =
  (chart: Chart): Evidence['usable'] =>
  (to, from) =>
    chart.standing(chart.findHop(to.id)) !== 'down' && chart.standing(chart.findEdge(from?.id, to.id)) !== 'down';

/** The later mishap of those that have not been made good. */
const latestOf = (patients: readonly (Patient | undefined)[]): Failure | undefined =>
  patients
    .flatMap((patient) => (patient?.mishap !== undefined && patient.pulse.failures > 0 ? [patient.mishap] : []))
    .reduce<Mishap | undefined>(
      (last, mishap) => (last === undefined || mishap.at > last.at ? mishap : last),
      undefined,
    )?.failure;

interface Around {
  readonly parts: HealthParts;
  readonly limits: HealthLimits;
  readonly drawn: Drawn;
}

const sightOf = ({ chart, outage }: Mind, { parts, limits, drawn }: Around): Sight => ({
  random: parts.random,
  mayPass: parts.mayPass ?? anybody,
  rows: drawn.rowsToProbe,
  heardAt: ({ id }) => chart.findHop(id)?.pulse.heardAt,
  usable: usableIn(chart),
  unsettled: ({ hops }) =>
    hops
      .flatMap(({ id }, index) => [chart.findHop(id), chart.findEdge(hops[index - 1]?.id, id)])
      .some((patient) => patient !== undefined && isUnsettled(patient.pulse, parts.clock(), limits)),
  offline: () => outage.network() === 'offline',
});

const anybody = (): boolean => true;

const drawnBy = ({ chart }: Mind, { clock, mayPass = anybody, draw }: HealthParts, limits: HealthLimits): Drawn =>
  createDrawn({
    ...{ clock, idle: limits.idle, interval: limits.interval, mayPass },
    isWhole: (route) => chart.best(asPositions(route)) !== 'down',
    draw: draw ?? (() => undefined),
  });

const asPositions = ({ hops }: Route): Among => hops.map((proxy) => ({ among: [proxy] }));

/** A cascade from the book is down only where nothing else is left to be drawn. */
const standingOf = (cascade: Cascade, chart: Chart, drawn: Drawn): Standing => {
  if (!drawsFromBook(cascade)) return chart.best(cascade.positions);
  const best = bestOf(drawn.rows(cascade).map((route) => chart.best(asPositions(route))));
  return best === 'down' && !drawn.isDry(cascade.id) ? 'unknown' : best;
};
