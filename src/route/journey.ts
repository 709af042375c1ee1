/** What one session carries with it: the house around it, its route, and how its tunnel is opened. */

import type { Millis } from '../model/brand.js';
import type { Cascade } from '../model/cascade.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import type { Failure } from '../model/failure.js';
import type { Asker, Route } from '../model/route.js';
import type { Ending, HopTiming } from '../model/session.js';
import type { PendingRequest } from '../inbound/request.js';
import { type Cancel, deadline } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import type { Meter } from '../net/idle.js';
import type { Patience, Tunnel } from '../net/relay.js';
import { type Goal, dial } from './dial.js';
import type { Evidence } from './evidence.js';
import type { Chooser } from './plan.js';
import type { Pool } from './pool.js';
import type { TargetRules } from './targets.js';

/** What is kept of a session while it lives. */
export interface Entry {
  /** A route is dialled; for the second time and later after another one has failed. */
  readonly dialing: (route: Route) => void;
  /** No whole route is up: it waits. */
  readonly held: (why: Failure) => void;
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
  readonly chooser: Chooser;
  readonly evidence: Evidence;
  readonly door: Door;
  readonly dialWithin: Millis;
  readonly patience: { readonly tunnel: Patience; readonly exchange: Millis };
  readonly pool: Pool;
  readonly open: (request: PendingRequest) => Entry;
  readonly notice: (topic: string, text: string) => void;
  /** Aborted when sessions must end now. */
  readonly stop: Cancel;
}

/** A session on its way. */
export interface Journey {
  readonly route: Route;
  readonly line: Line;
  readonly entry: Entry;
}

/** Dials for a request, within the deadline, and gives up as soon as the client is gone. */
export const open = async (request: PendingRequest, goal: Goal, journey: Journey): Promise<Tunnel> => {
  const { route, line, entry } = journey;
  const { signal, abort, done } = deadline(line.dialWithin, () => fail('hop-timeout'), line.stop);
  const onGone = (): void => {
    abort(fail('client-gone'));
  };
  request.client.once('close', onGone);
  if (request.client.destroyed) onGone();
  const onHop = (timing: HopTiming): void => {
    line.evidence.passed(route, timing);
    entry.passed(timing);
  };
  try {
    return await dial(route, goal, { door: line.door, onHop }, { signal });
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    line.evidence.failed(route, error.failure);
    throw error;
  } finally {
    done();
    request.client.off('close', onGone);
  }
};
