/** What is kept of one hop or one way: its pulse, its last mishap, and how to take failures back. */

import type { At, Millis } from '../model/brand.js';
import type { ProxyId } from '../model/cascade.js';
import type { Failure } from '../model/failure.js';
import type { Mishap, Standing } from '../model/standing.js';
import { type Spreads, createSpreads } from './spread.js';
import { type Pulse, type StandingRules, afterBad, afterGood, noPulse } from './standing.js';

/** A failure that can be taken back: how things were before it. */
interface Step {
  readonly at: At;
  readonly pulse: Pulse;
  readonly mishap: Mishap | undefined;
  /** When it was counted among the tries. */
  readonly wall?: number;
}

/** What hops and ways have in common; changed in place. */
export interface Patient {
  pulse: Pulse;
  mishap: Mishap | undefined;
  /** Its standing by its own evidence, when that was last looked at. */
  own: Standing;
  /** What was last shown of it, and since when. */
  shown: Standing;
  since: At;
  readonly undo: Step[];
}

/** A hop. */
export interface HopRecord extends Patient {
  readonly proxy: ProxyId;
  readonly spreads: Spreads;
  /** When a session last got a first byte through it as the last hop. */
  firstByteAt?: At;
  /** When it said that it reached what does not exist; until it is known better, its word counts for nothing. */
  claimedAt: At | undefined;
  /** What its last step took, until it is known whether it was a good one. */
  took: Millis | undefined;
}

/** A way from one hop, or this machine, to the next. */
export interface EdgeRecord extends Patient {
  readonly from: ProxyId | undefined;
  readonly to: ProxyId;
}

const newPatient = (at: At): Patient => ({
  ...{ pulse: noPulse, mishap: undefined, own: 'unknown', shown: 'unknown', since: at },
  undo: [],
});

/** A hop that nothing is known of. */
export const newHop = (proxy: ProxyId, at: At): HopRecord => ({
  ...newPatient(at),
  ...{ proxy, spreads: createSpreads(), claimedAt: undefined, took: undefined },
});

/** A way that nothing is known of. */
export const newEdge = (from: ProxyId | undefined, to: ProxyId, at: At): EdgeRecord => ({
  ...newPatient(at),
  from,
  to,
});

/** A failure, when it was, and what it weighs. */
export interface Bad {
  readonly failure: Failure;
  readonly at: At;
  readonly weight: 'full' | 'mild';
}

/** More failures in a row are not taken back one by one: the oldest ones stay. */
const mostSteps = 64;

/** Notes a good try. */
export const wentWell = (patient: Patient, at: At, rules: StandingRules, time?: Millis): void => {
  patient.pulse = afterGood(patient.pulse, at, rules, time);
  patient.undo.length = 0;
};

/** Notes a failure that was laid to it. */
export const wentWrong = (patient: Patient, { failure, at, weight }: Bad, rules: StandingRules): void => {
  remember(patient, { at, pulse: patient.pulse, mishap: patient.mishap });
  patient.pulse = afterBad(patient.pulse, at, rules, weight);
  patient.mishap = { at, failure };
};

/** Counts a bad try of a hop, whoever is to blame for it. */
export const countBad = (hop: HopRecord, at: At, wall: number): void => {
  remember(hop, { at, pulse: hop.pulse, mishap: hop.mishap, wall });
  hop.spreads.tried(wall, 'bad');
};

/** Takes back all failures since a moment; tells whether there were any. */
export const pardon = (patient: Patient, from: At, uncount: (wall: number) => void): boolean => {
  const first = patient.undo.findIndex(({ at }) => at >= from);
  if (first === -1) return false;
  const steps = patient.undo.splice(first);
  for (const { wall } of steps) if (wall !== undefined) uncount(wall);
  const [oldest] = steps;
  if (oldest !== undefined) [patient.pulse, patient.mishap] = [oldest.pulse, oldest.mishap];
  return true;
};

const remember = ({ undo }: Patient, step: Step): void => {
  if (undo.push(step) > mostSteps) undo.shift();
};
