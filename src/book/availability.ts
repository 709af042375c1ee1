/**
 * How a proxy answered over time, in a few hundred bytes whatever its age: the last 32 tries, two decaying averages, a week by the hour.
 * Pure: every try makes a new history.
 */

import { type Bound, boundOf } from '../model/bound.js';
import { type Millis, millis } from '../model/brand.js';
import type { Pulse, Stamp, Trials } from '../model/book.js';

/** What is kept. Times are in whole seconds since 1970, so that a year of it stays short as text. */
export interface History {
  /** The last tries, oldest first: the second, negative where it failed. */
  readonly last: readonly number[];
  /** Averages of good tries with half-lives of an hour and of seven days, and when they were right. */
  readonly hour: number;
  readonly week: number;
  readonly at: number;
  /** Failures in a row, those of them that were apart, and when the last of these was; good tries in a row. */
  readonly failures: number;
  readonly spaced: number;
  readonly countedAt: number;
  readonly goods: number;
  readonly pulse: Pulse;
  /** Which of the waits comes next, and until when. */
  readonly rung: number;
  readonly nextTry?: number;
  /** The last nine times of good tries, in ms. */
  readonly times: readonly number[];
  /** Tenths of good tries of each of the last 168 hours but the last one, a dot where none was made. */
  readonly hours: string;
  /** The last hour in which a try was made, counted since 1970, and its good and all tries. */
  readonly lastHour: number;
  readonly hourGood: number;
  readonly hourAll: number;
}

const mostTries = 32;
const mostTimes = 9;
const hoursKept = 168;
const forSuspect = 2;
const forDead = 3;
const forRecovery = 2;
/** Failures that follow the last counted one sooner than this are the same one. */
const apart = 300;
/** Waits between tries of a dead one; after the last it is archived. */
const waits = [600, 3_600, 21_600, 86_400, 259_200, 864_000] as const;
const halfLives = { hour: 3_600, week: 604_800 } as const;

/** Before the first try. */
export const noHistory: History = {
  ...{ last: [], hour: 0, week: 0, at: 0, failures: 0, spaced: 0, countedAt: 0, goods: 0 },
  ...{ pulse: 'unknown', rung: 0, times: [], hours: '', lastHour: 0, hourGood: 0, hourAll: 0 },
};

/** One try. */
export interface Try {
  readonly at: Stamp;
  readonly good: boolean;
  readonly latency?: Millis;
}

/** The history after one more try. Tries of before the last one count as if they were made now. */
export const afterTry = (old: History, { at: stamp, good, latency }: Try): History => {
  const at = Math.max(old.at, Math.floor(stamp / 1_000));
  const { nextTry: _past, ...kept } = old;
  return {
    ...kept,
    ...averages(old, at, good),
    ...(good ? afterGood(old) : afterBad(old, at)),
    ...hoursAfter(old, at, good),
    last: [...old.last, good ? at : -at].slice(-mostTries),
    times: good && latency !== undefined ? [...old.times, Math.round(latency)].slice(-mostTimes) : old.times,
    at,
  };
};

type Standing = Pick<History, 'failures' | 'spaced' | 'goods' | 'pulse' | 'rung'> & Partial<History>;

const afterGood = (old: History): Standing => {
  const goods = old.goods + 1;
  const isIll = old.pulse === 'dead' || old.pulse === 'suspect';
  const { failures, spaced, pulse, rung } = old;
  if (isIll && goods < forRecovery) return { goods, failures, spaced, pulse, rung };
  return { goods, failures: 0, spaced: 0, pulse: 'up', rung: 0 };
};

const afterBad = (old: History, at: number): Standing => {
  const failures = old.failures + 1;
  const counts = old.spaced === 0 || at - old.countedAt >= apart;
  const spaced = old.spaced + (counts ? 1 : 0);
  const rung = counts ? Math.min(waits.length + 1, old.rung + 1) : old.rung;
  const wait = waits[Math.max(0, rung - 1)];
  return {
    ...{ failures, spaced, rung, goods: 0, pulse: pulseOf(old.pulse, failures, spaced) },
    countedAt: counts ? at : old.countedAt,
    ...(wait === undefined ? {} : { nextTry: at + wait }),
  };
};

const pulseOf = (before: Pulse, failures: number, spaced: number): Pulse => {
  if (spaced >= forDead || before === 'dead') return 'dead';
  return failures >= forSuspect ? 'suspect' : before;
};

/** Whether all waits are over and nothing came of them. */
export const isSpent = ({ rung }: History): boolean => rung > waits.length;

const averages = (old: History, at: number, good: boolean): Pick<History, 'hour' | 'week'> => {
  const value = good ? 1 : 0;
  if (old.last.length === 0) return { hour: value, week: value };
  const mix = (before: number, half: number): number => {
    // A try tells something even when it follows at once; the longer ago the last one is, the more the new one counts.
    const kept = Math.min(0.9, 0.5 ** ((at - old.at) / half));
    return Math.round((before * kept + value * (1 - kept)) * 1_000) / 1_000;
  };
  return { hour: mix(old.hour, halfLives.hour), week: mix(old.week, halfLives.week) };
};

type Hours = Pick<History, 'hours' | 'lastHour' | 'hourGood' | 'hourAll'>;

/** What an hour has shown is one digit when the next one begins. */
const hoursAfter = (old: History, at: number, good: boolean): Hours => {
  const hour = Math.floor(at / 3_600);
  const value = good ? 1 : 0;
  if (hour === old.lastHour) return { ...hoursOf(old), hourGood: old.hourGood + value, hourAll: old.hourAll + 1 };
  const passed = old.hourAll === 0 ? '' : `${cellOf(old)}${'.'.repeat(Math.min(hoursKept, hour - old.lastHour - 1))}`;
  return { hours: `${old.hours}${passed}`.slice(1 - hoursKept), lastHour: hour, hourGood: value, hourAll: 1 };
};

const hoursOf = ({ hours, lastHour, hourGood, hourAll }: History): Hours => ({ hours, lastHour, hourGood, hourAll });

/** What is told of the tries: "12 of 14 in 3 days", with the lower bound of the 95 % Wilson interval. */
export const trialsOf = ({ last }: History): Trials => {
  const good = last.filter((second) => second > 0).length;
  const all = last.length;
  const first = Math.abs(last[0] ?? 0);
  return {
    good,
    all,
    ...(all === 0 ? {} : { from: (first * 1_000) as Stamp }),
    floor: all < 3 ? 0 : wilson(good, all),
  };
};

/** Wilson, 1927: the lower bound for a share of good tries at 95 % confidence. */
export const wilson = (good: number, all: number): number => {
  const z = 1.96;
  const share = good / all;
  const centre = share + z ** 2 / (2 * all);
  const spread = z * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2));
  return Math.max(0, (centre - spread) / (1 + z ** 2 / all));
};

/** The median of the last times, as a bound. */
export const latencyOf = ({ times }: History): Bound | undefined => {
  const sorted = [...times].sort((one, other) => one - other);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? undefined : boundOf(millis(middle));
};

/** The last 7 × 24 hours up to `now`, as HopHealth has them. */
export const weekOf = (history: History, now: Stamp): string => {
  const { hours, lastHour, hourAll } = history;
  const late = Math.max(0, Math.floor(now / 3_600_000) - lastHour);
  if (hourAll === 0) return emptyWeek;
  const known = `${hours}${cellOf(history)}${'.'.repeat(Math.min(hoursKept, late))}`;
  return known.slice(-hoursKept).padStart(hoursKept, '.');
};

const emptyWeek = '.'.repeat(hoursKept);

const cellOf = ({ hourGood, hourAll }: History): string => String(Math.floor((hourGood / hourAll) * 9));
