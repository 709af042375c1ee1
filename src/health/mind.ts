/** The thinking part of health put together: chart, courts and bench, and who hears of what they find. */

import { type At, type Millis, millis, since } from '../model/brand.js';
import type { Network } from '../model/standing.js';
import { type Bench, createBench } from './bench.js';
import { type Chart, type Clocks, createChart } from './chart.js';
import { type Court, type CourtRules, createCourt } from './court.js';
import { readWays } from './network.js';
import type { Touched } from './notes.js';
import { type OutageCourt, type Ways, createOutageCourt } from './outage.js';
import type { After } from './prober.js';
import type { Patient } from './record.js';
import { type Reports, createReports } from './reports.js';
import { createSilences } from './silence.js';
import type { StandingRules } from './standing.js';

/** The clocks, and what this machine's own tables say of its network. */
export interface MindParts extends Clocks {
  /** The longest that this program was held up lately; it never was where this is missing. */
  readonly late?: () => Millis;
  readonly ways?: () => Ways;
}

/** What there is to think with. */
export interface Mind {
  readonly chart: Chart;
  readonly court: Court;
  readonly outage: OutageCourt;
  readonly bench: Bench;
  readonly reports: Reports;
  /** Lets evidence in, and then tells who waits for a change. */
  readonly take: (evidence: () => void) => void;
  readonly onChange: (hear: () => void) => () => void;
  /** Shows anew what has become stale. */
  readonly sweep: () => void;
}

/** An empty mind. */
export const createMind = (parts: MindParts, rules: CourtRules & StandingRules, after: After): Mind => {
  const { clock, wallClock, ways = readWays, late = () => millis(0) } = parts;
  const chart = createChart(parts, rules);
  const court = createCourt(rules);
  const silences = createSilences(rules.window, rules.edges);
  const outage = createOutageCourt(oncePerSecond(ways, clock));
  const reports = createReports(after, {
    hop: (hop) => chart.viewHop(hop, court.filters(hop.proxy)),
    edge: chart.viewEdge,
    network: outage.network,
  });
  const hearers = new Set<() => void>();
  let changed = false;
  let shown: Network = 'unknown';

  const touched = tellNeighbours(chart, reports, () => {
    changed = true;
  });
  const take = (evidence: () => void): void => {
    evidence();
    if (outage.network() !== shown) {
      [shown, changed] = [outage.network(), true];
      reports.changedNetwork();
    }
    if (!changed) return;
    changed = false;
    // A copy: who hears may call off, and wait anew.
    for (const hear of [...hearers]) hear();
  };
  return {
    ...{ chart, court, outage, reports, take },
    bench: createBench({ clock, wallClock, chart, court, outage, silences, rules, touched, late }),
    onChange: (hear) => {
      hearers.add(hear);
      return () => {
        hearers.delete(hear);
      };
    },
    sweep: () => {
      take(() => {
        for (const hop of chart.hops()) if (isStale(chart, hop)) touched.hop(hop, true);
        for (const edge of chart.edges()) if (isStale(chart, edge)) touched.edge(edge, true);
      });
    },
  };
};

/** Whether only time has changed a standing since it was last looked at. */
const isStale = (chart: Chart, patient: Patient): boolean => {
  const before = patient.own;
  patient.own = chart.standing(patient);
  return before !== patient.own;
};

/** A standing that changes changes what is shown of its neighbours. */
const tellNeighbours = (chart: Chart, reports: Reports, change: () => void): Touched => ({
  hop: (hop, byIt) => {
    reports.changedHop(hop);
    if (!byIt) return;
    change();
    for (const edge of chart.edges()) {
      if (edge.from === hop.proxy || edge.to === hop.proxy) reports.changedEdge(edge);
    }
  },
  edge: (edge, byIt) => {
    reports.changedEdge(edge);
    if (!byIt) return;
    change();
    const far = chart.findHop(edge.to);
    if (far !== undefined) reports.changedHop(far);
  },
});

/** Many dials fail at once where a network does: its tables are read once for all of them. */
const oncePerSecond = (ways: () => Ways, clock: () => At): (() => Ways) => {
  let read: { readonly at: At; readonly ways: Ways } | undefined;
  return () => {
    if (read === undefined || since(read.at, clock()) >= 1_000) read = { at: clock(), ways: ways() };
    return read.ways;
  };
};
