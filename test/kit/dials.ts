/** Dialling in tests: a chain as a route, a tunnel through it, and what the attempt said. */

import { type Endpoint, parseEndpoint } from '../../src/model/address.js';
import { type Millis, millis, now } from '../../src/model/brand.js';
import { type CascadeId, parseCascade } from '../../src/model/cascade.js';
import type { Early } from '../../src/model/early.js';
import { KaskadeError, fail } from '../../src/model/error.js';
import type { Identity, Route } from '../../src/model/route.js';
import type { HopTiming } from '../../src/model/session.js';
import { createBuffers } from '../../src/net/buffers.js';
import { deadline } from '../../src/net/cancel.js';
import type { Door } from '../../src/net/connect.js';
import type { Tunnel } from '../../src/net/relay.js';
import { dial } from '../../src/route/dial.js';
import { noEvidence } from '../../src/route/evidence.js';
import { createPlanner } from '../../src/route/plan.js';

/** A door that knows no listener. */
export const freeDoor = (): Door => ({ buffers: createBuffers(), isOwnListener: () => false });

/** A way through every hop of a chain. */
export const routeOf = (chain: string): Route =>
  createPlanner({ evidence: noEvidence, random: () => 0, clock: now }).plan(parseCascade('test', chain), {
    identity: '' as Identity,
    target: parseEndpoint('target.test:1'),
  });

/** A cascade's name. */
export const cascadeId = (name: string): CascadeId => name as CascadeId;

/** How a dial went. */
export interface Dialled {
  readonly tunnel: Tunnel;
  readonly timings: readonly HopTiming[];
}

/** What a test may say about a dial. */
export interface DialOptions {
  readonly within?: Millis;
  readonly signal?: AbortSignal;
  readonly door?: Door;
  readonly goal?: Endpoint | 'last hop';
  readonly early?: Early;
}

/** Dials `target` through a chain. The caller owns the tunnel. Rejects as dial does. */
export const dialThrough = async (chain: string, target: string, options: DialOptions = {}): Promise<Dialled> => {
  const timings: HopTiming[] = [];
  const { within = millis(5_000), signal, door = freeDoor(), goal = parseEndpoint(target), early } = options;
  const parent = signal === undefined ? undefined : { signal };
  const limit = deadline(within, () => fail('hop-timeout'), parent);
  try {
    const onHop = (timing: HopTiming): void => void timings.push(timing);
    return { tunnel: await dial(routeOf(chain), goal, { door, onHop, ...(early && { early }) }, limit), timings };
  } finally {
    limit.done();
  }
};

/** The failure that work ends in. Rejects where it ends well, or with anything but a KaskadeError. */
export const failureOf = async (work: Promise<unknown>): Promise<KaskadeError> => {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof KaskadeError) return thrown;
    throw thrown;
  }
  throw new Error('no failure');
};

/** A failure in one line: `hop-closed 1>2 request`. */
export const edgeOf = ({ failure: { code, blame } }: KaskadeError): string =>
  blame === undefined ? code : `${code} ${blame.reporter}>${blame.suspect} ${blame.phase}`;
