/** What one proxy's tries took and how they ended: bounds of the last hour, shares of the hour and the day, and the week. */

import { type Bound, type Share, timeSteps } from '../model/bound.js';
import { type Millis, millis } from '../model/brand.js';
import type { HopHealth, Spread } from '../model/standing.js';
import { createRing, type Ring } from './ring.js';

/** A span that is measured. */
export type Measure = 'connect' | 'exchange' | 'firstByte';

/** The part of a hop's health that is counted. */
export type SpreadsView = Pick<HopHealth, Measure | 'hour' | 'day' | 'recent' | 'week'>;

/** Times are moments of the wall clock, in milliseconds, so that the past outlives the process. */
export interface Spreads {
  readonly took: (wall: number, measure: Measure, span: Millis) => void;
  /** A try of connect and exchange together, for the mean and the patience. */
  readonly step: (connect: Millis, exchange: Millis) => void;
  readonly tried: (wall: number, how: 'good' | 'bad') => void;
  /** Takes back a bad try of that moment. */
  readonly untried: (wall: number) => void;
  readonly view: (wall: number) => SpreadsView;
  /** A running mean of connect and exchange together. */
  readonly mean: () => Millis | undefined;
  readonly patience: () => Millis;
  readonly rings: { readonly minutes: Ring; readonly hours: Ring };
}

/** The last hour in cells of two minutes, the last week in hours. */
export const cell = 120_000;
export const cells = 30;
export const hour = 3_600_000;
export const weekHours = 168;

const bins = timeSteps.length + 1;
const [good, all] = [0, 1] as const;
const weight = 0.25;
const remembered = 64;
const enough = 20;
const few = 8;
const [leastPatience, mostPatience] = [1_000, 15_000] as const;

/** The lanes of good tries and of all tries in both rings. */
export const lanes = { good, all } as const;

/** Nothing tried yet; its size does not depend on what is tried later. */
export const createSpreads = (): Spreads => {
  const times: Readonly<Record<Measure, Ring>> = {
    connect: createRing(cells, bins, cell),
    exchange: createRing(cells, bins, cell),
    firstByte: createRing(cells, bins, cell),
  };
  const minutes = createRing(cells, 2, cell);
  const hours = createRing(weekHours, 2, hour);
  const pace = createPace();
  /** Many look, few change: a view is good until something is counted, or the cell is over. */
  let seen: { readonly at: number; readonly view: SpreadsView } | undefined;

  const count = (wall: number, lane: number, by: number): void => {
    seen = undefined;
    minutes.add(wall, lane, by);
    hours.add(wall, lane, by);
  };

  return {
    took: (wall, measure, span) => {
      seen = undefined;
      times[measure].add(wall, binOf(span));
    },
    step: pace.step,
    tried: (wall, how) => {
      count(wall, all, 1);
      if (how === 'good') count(wall, good, 1);
    },
    untried: (wall) => {
      count(wall, all, -1);
    },
    view: (wall) => {
      const at = Math.floor(wall / cell);
      if (seen?.at !== at) seen = { at, view: viewOf({ times, minutes, hours }, wall) };
      return seen.view;
    },
    mean: pace.mean,
    patience: pace.patience,
    rings: { minutes, hours },
  };
};

/** How long steps take, of late. */
const createPace = (): Pick<Spreads, 'step' | 'mean' | 'patience'> => {
  const steps: number[] = [];
  let mean: number | undefined;
  /** A few steps more change little, and every dial asks. */
  let patience = mostPatience as Millis;
  let fresh = few;
  return {
    step: (connect, exchange) => {
      const time = connect + exchange;
      mean = (mean ?? time) * (1 - weight) + time * weight;
      if (steps.push(Math.max(connect, exchange)) > remembered) steps.shift();
      fresh += 1;
    },
    mean: () => (mean === undefined ? undefined : millis(mean)),
    patience: () => {
      if (steps.length >= enough && fresh >= few) [patience, fresh] = [patienceOf(steps), 0];
      return patience;
    },
  };
};

const viewOf = (
  {
    times,
    minutes,
    hours,
  }: { readonly times: Readonly<Record<Measure, Ring>>; readonly minutes: Ring; readonly hours: Ring },
  wall: number,
): SpreadsView => ({
  connect: spreadOf(times.connect, wall),
  exchange: spreadOf(times.exchange, wall),
  firstByte: spreadOf(times.firstByte, wall),
  hour: shareOf(minutes, wall),
  day: shareOf(hours, wall, 24),
  recent: recentOf(times.exchange, minutes, wall),
  week: weekOf(hours, wall),
});

const binOf = (span: Millis): number => {
  const index = timeSteps.findIndex((step) => span <= step);
  return index === -1 ? timeSteps.length : index;
};

const boundOfBin = (bin: number): Bound => timeSteps[bin] ?? 'beyond';

const shareOf = (ring: Ring, wall: number, spans?: number): Share => {
  const tries = ring.sum(wall, all, spans);
  return { good: Math.min(tries, ring.sum(wall, good, spans)), all: tries };
};

const spreadOf = (ring: Ring, wall: number): Spread => {
  const counts = Array.from({ length: bins }, (_, bin) => ring.sum(wall, bin));
  const [p50, p90] = [quantile(counts, 0.5), quantile(counts, 0.9)];
  return { ...(p50 === undefined ? {} : { p50 }), ...(p90 === undefined ? {} : { p90 }) };
};

/** The bound that at least that part of the counted times keeps. */
const quantile = (counts: readonly number[], part: number): Bound | undefined => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let seen = 0;
  const bin = counts.findIndex((count) => (seen += count) >= Math.ceil(total * part));
  return boundOfBin(bin);
};

const recentOf = (exchange: Ring, minutes: Ring, wall: number): HopHealth['recent'] => {
  const rows = Array.from({ length: bins }, (_, bin) => exchange.row(wall, bin));
  return minutes.row(wall, all).map((tries, index) => {
    const median = quantile(
      rows.map((row) => row[index] ?? 0),
      0.5,
    );
    return median ?? (tries > 0 ? 'failed' : null);
  });
};

const weekOf = (hours: Ring, wall: number): string => {
  const tries = hours.row(wall, all);
  return hours
    .row(wall, good)
    .map((well, index) => letterOf(well, tries[index] ?? 0))
    .join('');
};

/** 9 is all good; what is less is at most 8, so that one failure is seen. */
const letterOf = (well: number, tries: number): string => {
  if (tries === 0) return '.';
  return well >= tries ? '9' : String(Math.min(8, Math.floor((well * 10) / tries)));
};

/** Three times what four of five steps kept lately, within bounds. */
const patienceOf = (steps: readonly number[]): Millis => {
  const sorted = Float64Array.from(steps).sort();
  const p80 = sorted[Math.ceil(sorted.length * 0.8) - 1] ?? mostPatience;
  return millis(Math.min(mostPatience, Math.max(leastPatience, 3 * p80)));
};
