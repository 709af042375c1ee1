/** Tries a cascade hop by hop: every prefix of its route is dialled by itself, so that each verdict stands alone. */

import { type Endpoint, labelEndpoint } from '../model/address.js';
import { type Millis, isNonEmpty, now, since } from '../model/brand.js';
import { type Cascade, drawsFromBook } from '../model/cascade.js';
import { asKaskadeError, fail } from '../model/error.js';
import type { Failure } from '../model/failure.js';
import { labelHop } from '../model/hop.js';
import type { Identity, Route } from '../model/route.js';
import type { HopTiming } from '../model/session.js';
import { deadline } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import { dial } from '../route/dial.js';
import { discard } from '../route/pool.js';
import type { Verdict } from './controller.js';

/** What a try needs. */
export interface Trial {
  readonly cascade: Cascade;
  /** What the last hop is asked for; without it the last hop is only connected to. */
  readonly target?: Endpoint;
  readonly door: Door;
  readonly within: Millis;
  readonly onVerdict: (verdict: Verdict) => void;
  readonly signal: AbortSignal;
}

/** Dials the prefixes in order and tells each verdict; ends after the first failure. Uses the first proxy of each position. Rejects with `book-missing` for filters. */
export const tryCascade = async (trial: Trial): Promise<void> => {
  const hops = trial.cascade.positions.flatMap(({ among }) => among[0] ?? []);
  if (!isNonEmpty(hops) || drawsFromBook(trial.cascade)) throw fail('book-missing');
  const whole: Route = {
    cascade: trial.cascade.id,
    identity: '' as Identity,
    hops,
  };
  for (const number of hops.keys()) {
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
