/** Writes good and bad tries into the chart, and tells whoever must know of each record that was touched. */

import type { Millis } from '../model/brand.js';
import type { ProxyId } from '../model/cascade.js';
import type { Failure } from '../model/failure.js';
import type { Chart, Clocks } from './chart.js';
import { type EdgeRecord, type HopRecord, type Patient, countBad, wentWell, wentWrong } from './record.js';
import type { StandingRules } from './standing.js';

/** Hears of every record that there was evidence of, and whether its standing or steadiness changed by it. */
export interface Touched {
  readonly hop: (hop: HopRecord, changed: boolean) => void;
  readonly edge: (edge: EdgeRecord, changed: boolean) => void;
}

/** What notes are written with. */
export interface NoteParts extends Clocks {
  readonly chart: Chart;
  readonly rules: StandingRules;
  readonly touched: Touched;
}

/** How a good try is noted: with its time, and among the tries that are counted. */
export interface Good {
  readonly time?: Millis | undefined;
  readonly counts: boolean;
}

/** A failure, and what it weighs: a mild one is a doubt. */
export interface Wrong {
  readonly failure: Failure;
  readonly weight: 'full' | 'mild';
}

/** Notes of evidence. */
export interface Notes {
  readonly goodHop: (hop: HopRecord, good: Good) => void;
  readonly goodWay: (from: ProxyId | undefined, to: ProxyId) => void;
  readonly badHop: (proxy: ProxyId, wrong: Wrong) => void;
  readonly badWay: (from: ProxyId | undefined, to: ProxyId, wrong: Wrong) => void;
  /** A try that may or may not be the hop's own failure: it is counted where no other way to the hop works. */
  readonly countUnreached: (proxy: ProxyId) => void;
}

/** Notes into a chart. */
export const createNotes = ({ chart, clock, wallClock, rules, touched }: NoteParts): Notes => {
  /** Makes a change, and tells whether it changed a standing or steadiness. */
  const alter = (patient: Patient, change: () => void): boolean => {
    const [standing, steady] = [chart.standing(patient), chart.steady(patient)];
    change();
    patient.own = chart.standing(patient);
    return standing !== patient.own || steady !== chart.steady(patient);
  };
  const tellHop = (hop: HopRecord, change: () => void): void => {
    touched.hop(hop, alter(hop, change));
  };
  const tellEdge = (edge: EdgeRecord, change: () => void): void => {
    touched.edge(edge, alter(edge, change));
  };
  return {
    goodHop: (hop, { time, counts }) => {
      if (counts) hop.spreads.tried(wallClock(), 'good');
      tellHop(hop, () => {
        wentWell(hop, clock(), rules, time);
      });
    },
    goodWay: (from, to) => {
      const edge = chart.edge(from, to);
      tellEdge(edge, () => {
        wentWell(edge, clock(), rules);
      });
    },
    badHop: (proxy, wrong) => {
      const hop = chart.hop(proxy);
      tellHop(hop, () => {
        if (wrong.weight === 'full') countBad(hop, clock(), wallClock());
        wentWrong(hop, { ...wrong, at: clock() }, rules);
      });
    },
    badWay: (from, to, wrong) => {
      const edge = chart.edge(from, to);
      tellEdge(edge, () => {
        wentWrong(edge, { ...wrong, at: clock() }, rules);
      });
    },
    countUnreached: (proxy) => {
      const works = chart.waysTo(proxy).some(({ pulse }) => pulse.held === 'working' && pulse.failures === 0);
      if (!works) countBad(chart.hop(proxy), clock(), wallClock());
    },
  };
};
