/** What one session carries with it: the house around it, and how its way is opened. */

import type { Endpoint } from '../model/address.js';
import { type Millis, now } from '../model/brand.js';
import type { Cascade } from '../model/cascade.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import type { Early } from '../model/early.js';
import type { Evidence } from '../model/evidence.js';
import type { Failure } from '../model/failure.js';
import type { Asker, Route } from '../model/route.js';
import type { Ending, HopTiming } from '../model/session.js';
import type { PendingRequest } from '../inbound/request.js';
import { type Cancel, deadline, reasonOf, whenAborted } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import type { Meter } from '../net/idle.js';
import type { Patience, Tunnel } from '../net/relay.js';
import { createAborter } from '../net/signal.js';
import type { Goal } from './dial.js';
import type { Planner } from './plan.js';
import type { Pool } from './pool.js';
import { search } from './repair.js';
import type { Spares } from './spares.js';
import type { TargetRules } from './targets.js';

/** What is kept of a session while it lives. */
export interface Entry {
  /** A route is dialled; for the second time and later after another one has failed. */
  readonly dialing: (route: Route) => void;
  /** No whole route is up: it waits. */
  readonly held: (why: Failure) => void;
  /** So many hops of the route were passed before it came: a tunnel through them was waiting. */
  readonly ahead: (hops: number) => void;
  readonly passed: (timing: HopTiming) => void;
  readonly relaying: (meter: Meter) => void;
  readonly closed: (because: Ending) => void;
  readonly failed: (error: KaskadeError) => void;
}

/** Everything a session needs besides its request. */
export interface Line {
  readonly rules: TargetRules;
  /** The cascade for this asker. Throws `cascade-unknown` or `cascade-missing`: there is never another way instead. */
  readonly cascadeFor: (asker: Asker) => Cascade;
  readonly planner: Planner;
  readonly evidence: Evidence;
  readonly early: Early;
  readonly door: Door;
  readonly dialWithin: Millis;
  /** How long a session waits while no whole route is up. */
  readonly hold: Millis;
  readonly patience: { readonly tunnel: Patience; readonly exchange: Millis };
  readonly pool: Pool;
  readonly spares: Spares;
  readonly open: (request: PendingRequest) => Entry;
  readonly notice: (topic: string, text: string) => void;
  /** Aborted when sessions must end now. */
  readonly stop: Cancel;
}

/** A session on its way. */
export interface Journey {
  readonly line: Line;
  readonly entry: Entry;
}

/** A way that is open: the route, and the tunnel at its end. */
export interface Way {
  readonly route: Route;
  readonly tunnel: Tunnel;
}

/** A route for a request, of the cascade that it asks for. Throws `cascade-down` where no whole one is up. */
export const planFor = async ({ asker, target }: PendingRequest, { cascadeFor, planner }: Line): Promise<Route> => {
  await planner.ready(cascadeFor(asker));
  return planner.plan(cascadeFor(asker), { identity: asker.identity, target });
};

/**
 * Opens a way for a request: over the first route or, when that fails, another one of the same cascade; waits while none is up.
 * Each dial has its deadline; all of it is given up as soon as the client is gone.
 */
export const open = async (
  request: PendingRequest,
  { goal, first }: { readonly goal: (route: Route) => Goal; readonly first?: Route },
  { line, entry }: Journey,
): Promise<Way> => {
  const { asker, target, client } = request;
  const { signal, abort } = createAborter();
  const onGone = (): void => {
    abort(fail('client-gone'));
  };
  client.once('close', onGone);
  if (client.destroyed) onGone();
  const forget = whenAborted(line.stop, () => {
    abort(reasonOf(line.stop));
  });
  try {
    return await search(
      {
        wanted: { identity: asker.identity, target },
        cascade: () => line.cascadeFor(asker),
        planner: line.planner,
        evidence: line.evidence,
        hold: line.hold,
        onHeld: entry.held,
        clock: now,
        ...(first === undefined ? {} : { first }),
        attempt: (route) => attempt({ route, goal: goal(route), target }, { line, entry }, { signal }),
      },
      { signal },
    );
  } finally {
    forget();
    client.off('close', onGone);
  }
};

/** Dials one route, within the deadline, and tells what the dial has shown. */
const attempt = async (
  { route, goal, target }: { readonly route: Route; readonly goal: Goal; readonly target: Endpoint },
  { line, entry }: Journey,
  cancel: Cancel,
): Promise<Way> => {
  const limit = deadline(line.dialWithin, () => fail('hop-timeout'), cancel);
  const onHop = (timing: HopTiming, whole: Millis): void => {
    // How long it takes when it is asked in its turn is what it is known by.
    line.evidence.passed(route, { ...timing, exchange: whole });
    entry.passed(timing);
  };
  entry.dialing(route);
  try {
    const { door, evidence, early, spares } = line;
    const dialer = { door, onHop, patienceFor: evidence.patienceFor, early, onAhead: entry.ahead };
    return { route, tunnel: await spares.dial(route, goal, dialer, limit) };
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    line.evidence.failed(route, error.failure, target);
    throw error;
  } finally {
    limit.done();
  }
};
