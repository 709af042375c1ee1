/** Tries a cascade hop by hop: every prefix of its route is dialled by itself, so that each verdict stands alone. */

import { type Endpoint, labelEndpoint, parseEndpoint } from '../model/address.js';
import { type Millis, isNonEmpty, now, since } from '../model/brand.js';
import type { Cascade } from '../model/cascade.js';
import { asKaskadeError, fail } from '../model/error.js';
import type { Failure } from '../model/failure.js';
import { labelHop } from '../model/hop.js';
import type { Identity, Route } from '../model/route.js';
import type { HopTiming } from '../model/session.js';
import { deadline } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import { dial } from '../route/dial.js';
import type { Planner } from '../route/plan.js';
import { discard } from '../route/pool.js';
import type { Verdict } from './controller.js';

/** What a try needs. */
export interface Trial {
  readonly cascade: Cascade;
  /** What the last hop is asked for; without it the last hop is only connected to. */
  readonly target?: Endpoint;
  readonly door: Door;
  readonly planner: Planner;
  readonly within: Millis;
  readonly onVerdict: (verdict: Verdict) => void;
  readonly signal: AbortSignal;
}

/** What a route is planned for where nothing in particular is to be reached. */
const anything = parseEndpoint('any.invalid:443');

/** Dials the prefixes of one route in order and tells each verdict; ends after the first failure. Rejects with what keeps a session from a route. */
export const tryCascade = async (trial: Trial): Promise<void> => {
  const whole = trial.planner.plan(trial.cascade, { identity: '' as Identity, target: trial.target ?? anything });
  for (const number of whole.hops.keys()) {
    const verdict = await tryPrefix(whole, number + 1, trial);
    trial.onVerdict(verdict);
    if (verdict.failure !== undefined) return;
  }
};

const tryPrefix = async (whole: Route, length: number, trial: Trial): Promise<Verdict> => {
  const hops = whole.hops.slice(0, length);
  const goal = whole.hops[length]?.hop.endpoint ?? trial.target ?? 'last hop';
  const timings: HopTiming[] = [];
  const limit = deadline(trial.within, () => fail('hop-timeout'), trial);
  const began = now();
  const verdict = (failure?: Failure): Verdict => ({
    hop: length,
    label: labelHop((whole.hops[length - 1] ?? whole.hops[0]).hop),
    ...(goal === 'last hop' ? {} : { onward: labelEndpoint(goal) }),
    time: since(began, now()),
    timings,
    ...(failure === undefined ? {} : { failure }),
  });
  try {
    const onHop = (timing: HopTiming): void => void timings.push(timing);
    discard(
      await dial({ ...whole, hops: isNonEmpty(hops) ? hops : whole.hops }, goal, { door: trial.door, onHop }, limit),
    );
    return verdict();
  } catch (thrown) {
    return verdict(seenWhole(asKaskadeError(thrown).failure, whole, length));
  } finally {
    limit.done();
  }
};

/** What a prefix calls its target is the next hop of the whole route. */
const seenWhole = (failure: Failure, { hops }: Route, length: number): Failure => {
  const next = hops[length];
  if (failure.blame === undefined) return failure;
  if (failure.blame.suspect !== 'target' || next === undefined) return { ...failure, hops: hops.length };
  const blame = { ...failure.blame, suspect: length + 1 };
  return { ...failure, hops: hops.length, blame, suspect: labelHop(next.hop) };
};
