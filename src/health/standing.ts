/** The standing of one hop, or of the way between two: a pure state machine that is told of good and bad tries. */

import { type At, type Millis, since } from '../model/brand.js';
import type { Standing } from '../model/standing.js';

/** The spans that standings are judged by. */
export interface StandingRules {
  /** Failures that follow the last counted one sooner than this count as the same one on the way to `down`. */
  readonly space: Millis;
  /** Without any evidence for so long, nothing is known any more. */
  readonly stale: Millis;
}

/** 5 s between counted failures, 15 minutes until evidence is stale. */
export const usualRules: StandingRules = { space: 5_000 as Millis, stale: 900_000 as Millis };

/** What is remembered of the tries. A value: every step makes a new one, so that an old one can be put back. */
export interface Pulse {
  readonly held: 'unknown' | 'working' | 'suspect' | 'down';
  /** Failures since it last worked, and those of them that count towards `down`. */
  readonly failures: number;
  readonly spaced: number;
  readonly countedAt?: At;
  /** Good tries in a row. */
  readonly goods: number;
  readonly failedAt?: At;
  /** The last evidence of any kind. */
  readonly heardAt?: At;
  readonly tempo?: Tempo;
}

/** Means of the time of good tries: of the last few, and of many. */
interface Tempo {
  readonly quick: number;
  readonly long: number;
  readonly seen: number;
  readonly slow: boolean;
}

/** Before any evidence. */
export const noPulse: Pulse = { held: 'unknown', failures: 0, spaced: 0, goods: 0 };

/** Failures in a row that make a suspect, spaced ones that end in `down`, good tries in a row that recover, and that make steady. */
const forSuspect = 2;
const forDown = 3;
const forRecovery = 2;
const forSteady = 3;
/** How long a failure keeps a hop from being steady when no good tries follow. */
const lately = 600_000;

/** After a good try, which took `time` where that is known. */
export const afterGood = (old: Pulse, at: At, rules: StandingRules, time?: Millis): Pulse => {
  const pulse = fresh(old, at, rules);
  const goods = pulse.goods + 1;
  const ill = pulse.held === 'suspect' || pulse.held === 'down';
  const heals = !ill || goods >= forRecovery;
  const tempo = time === undefined ? pulse.tempo : nextTempo(pulse.tempo, time);
  const kept = { ...pulse, goods, heardAt: at, ...(tempo === undefined ? {} : { tempo }) };
  return heals ? { ...kept, held: 'working', failures: 0, spaced: 0 } : kept;
};

/**
 * After a bad try. A `mild` one is a doubt: it can make a suspect, but counts nothing towards `down`.
 * One good try among failures does not wipe them out once there is a suspect: only recovery does.
 */
export const afterBad = (old: Pulse, at: At, rules: StandingRules, weight: 'full' | 'mild' = 'full'): Pulse => {
  const pulse = fresh(old, at, rules);
  const counts = weight === 'full' && (pulse.spaced === 0 || since(pulse.countedAt ?? at, at) >= rules.space);
  const spaced = pulse.spaced + (counts ? 1 : 0);
  const failures = pulse.failures + 1;
  return {
    ...pulse,
    held: heldAfter(pulse.held, failures, spaced),
    ...{ failures, spaced, goods: 0, failedAt: at, heardAt: at },
    ...(counts ? { countedAt: at } : {}),
  };
};

const heldAfter = (held: Pulse['held'], failures: number, spaced: number): Pulse['held'] => {
  if (held === 'down' || spaced >= forDown) return 'down';
  return failures >= forSuspect ? 'suspect' : held;
};

/** The standing at a moment. */
export const standingAt = (pulse: Pulse, at: At, rules: StandingRules): Standing => {
  if (isStale(pulse, at, rules)) return 'unknown';
  if (pulse.held !== 'working') return pulse.held;
  return pulse.tempo?.slow === true ? 'slow' : 'up';
};

/** Whether it has not failed in the last ten minutes, or was good three times in a row since; never while it is ill. */
export const isSteady = (pulse: Pulse, at: At, rules: StandingRules): boolean => {
  const { failedAt, goods, held } = pulse;
  if (failedAt === undefined || isStale(pulse, at, rules)) return true;
  if (held === 'suspect' || held === 'down') return false;
  return goods >= forSteady || since(failedAt, at) >= lately;
};

/** Whether one more try would tell more: it has begun to fail, or to work again. */
export const isUnsettled = (pulse: Pulse, at: At, rules: StandingRules): boolean => {
  if (isStale(pulse, at, rules)) return false;
  return pulse.held === 'down' ? pulse.goods > 0 : pulse.failures > 0;
};

const isStale = ({ heardAt }: Pulse, at: At, { stale }: StandingRules): boolean =>
  heardAt !== undefined && since(heardAt, at) >= stale;

/** What stale evidence said counts nothing; the usual time stays. */
const fresh = (pulse: Pulse, at: At, rules: StandingRules): Pulse => {
  if (!isStale(pulse, at, rules)) return pulse;
  return { ...noPulse, ...(pulse.tempo === undefined ? {} : { tempo: { ...pulse.tempo, slow: false } }) };
};

/**
 * Slow is what lately takes over 1 s and over four times its usual time, or over 4 s whatever is usual; that ends when it takes
 * less than 3 s and less than twice its usual time, or less than 700 ms. The usual time needs eight tries to be known.
 */
const nextTempo = (old: Tempo | undefined, time: Millis): Tempo => {
  const {
    quick: oldQuick,
    long: oldLong,
    seen: oldSeen,
    slow: wasSlow,
  } = old ?? { quick: time, long: time, seen: 0, slow: false };
  const seen = Math.min(oldSeen + 1, 1_000);
  const quick = oldQuick + (time - oldQuick) * 0.5;
  const long = oldLong + (time - oldLong) * Math.max(0.03, 1 / seen);
  return { quick, long, seen, slow: wasSlow ? !isBrisk(quick, long) : isSlow(quick, long, seen) };
};

const isSlow = (quick: number, long: number, seen: number): boolean =>
  quick > 4_000 || (seen > 8 && quick > 1_000 && quick > 4 * long);

const isBrisk = (quick: number, long: number): boolean => quick < 700 || (quick < 3_000 && quick < 2 * long);
