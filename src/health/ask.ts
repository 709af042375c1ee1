/** Sends a probe and makes evidence of what came out; where it is not clear who was silent, the hop in question is asked by itself. */

import { type Millis, type NonEmpty, isNonEmpty, millis } from '../model/brand.js';
import type { Proxy } from '../model/cascade.js';
import type { Failure } from '../model/failure.js';
import type { Route } from '../model/route.js';
import type { HopTiming } from '../model/session.js';
import type { Cancel } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import { isSilence } from './charge.js';
import type { Mind } from './mind.js';
import { type Outcome, probe } from './probe.js';

/** What is needed to ask. */
export interface AskParts {
  readonly door: Door;
  readonly random: () => number;
  /** The most that a probe may take; it takes less where its hops are known to be quicker. */
  readonly patience: Millis;
}

/** Tells how a probe of a route ended; undefined where that says nothing. */
export type Ask = (route: Route, cancel: Cancel) => Promise<boolean | undefined>;

/** A hop that is asked by itself has nobody to wait for: it gets this part of the time. */
const alonePart = 1 / 3;

/** Asks with this mind. Never rejects. */
export const createAsk =
  (mind: Mind, parts: AskParts): Ask =>
  async (route, cancel) => {
    const outcome = await send(mind, parts, route, cancel);
    const shorter = outcome.kind === 'failed' ? upToSilence(route, outcome.failure) : undefined;
    if (shorter === undefined) return note(mind, route, outcome);
    // A hop that refuses when it is asked by itself is there: then the silence is the next one's, or lies in between.
    const patience = millis(parts.patience * alonePart);
    const alone = await send(mind, { ...parts, patience }, shorter, cancel);
    if (cancel.signal.aborted) return undefined;
    note(mind, shorter, alone);
    if (alone.kind !== 'failed') note(mind, route, outcome);
    return false;
  };

const send = (mind: Mind, { door, random, patience }: AskParts, route: Route, cancel: Cancel): Promise<Outcome> => {
  const steps = route.hops.reduce((sum, { id }) => sum + mind.chart.patience(id, patience), 0);
  const onHop = (timing: HopTiming): void => {
    mind.take(() => {
      mind.bench.passed(route, timing);
    });
  };
  return probe(route, { door, random, onHop, patience: millis(Math.min(patience, steps)) }, cancel);
};

const note = ({ bench, take }: Mind, route: Route, outcome: Outcome): boolean | undefined => {
  take(() => {
    if (outcome.kind === 'answers') bench.answered(route, outcome.span);
    if (outcome.kind === 'claims') bench.claimed(route, outcome);
    if (outcome.kind === 'failed') bench.failed(route, outcome.failure, 'nowhere');
  });
  return { answers: true, claims: undefined, failed: false, unclear: undefined }[outcome.kind];
};

/** The route that ends at the hop that was silent, where there was one with another behind it. */
const upToSilence = (route: Route, failure: Failure): Route | undefined => {
  const suspect = failure.blame?.suspect;
  if (typeof suspect !== 'number' || suspect >= route.hops.length || !isSilence(failure)) return undefined;
  const hops: readonly Proxy[] = route.hops.slice(0, suspect);
  return isNonEmpty(hops) ? { ...route, hops: Object.freeze<NonEmpty<Proxy>>(hops) } : undefined;
};
