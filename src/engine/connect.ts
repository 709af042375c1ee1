/** One connection for two streams: through the engine that runs on the home, or dialled by this process where none can be used. */

import { type Endpoint, labelEndpoint } from '../model/address.js';
import { type Millis, millis, now } from '../model/brand.js';
import { type CascadeId, asProxy } from '../model/cascade.js';
import { KaskadeError, asKaskadeError, fail } from '../model/error.js';
import { parseHop } from '../model/hop.js';
import { privateKind } from '../model/private.js';
import type { Identity, Route } from '../model/route.js';
import type { Store } from '../config/store.js';
import { type Cancel, deadline } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import type { Tunnel } from '../net/relay.js';
import { dial } from '../route/dial.js';
import { noEvidence } from '../route/evidence.js';
import type { Planner } from '../route/plan.js';
import { search } from '../route/repair.js';
import { refusalOf } from '../route/targets.js';
import type { Controller, Program } from './controller.js';
import type { Place } from './place.js';
import { attach } from './remote.js';
import { cascadeInUse, findCascade, rulesOf } from './choice.js';
import { carry } from './stdio.js';

type Asked = Parameters<Program['connect']>[0];

/** What is wanted. */
export interface Wish extends Cancel, Pick<Asked, 'target' | 'cascade'> {}

/** What connecting needs. */
export interface Means {
  readonly store: Store;
  readonly place: Place;
  readonly door: Door;
  /** Lends a planner for work that this process does by itself. */
  readonly beside: Beside;
}

/** Lends a planner for as long as some work takes. */
export type Beside = <Result>(work: (planner: Planner, door: Door) => Promise<Result>) => Promise<Result>;

/** Connects a target with two streams. Resolves when both directions have ended; rejects with what kept it from it. */
export const connectStdio = async (wish: Wish & Pick<Asked, 'stdio' | 'signal'>, means: Means): Promise<void> =>
  carry(await openTunnel(wish, means), wish.stdio, wish.signal);

/** A tunnel to a target, through the engine of the home or dialled here. Rejects with what kept it from it. */
export const openTunnel = async (wish: Wish, means: Means): Promise<Tunnel> => {
  const refusal = refusalOf(wish.target, rulesOf(means.store.settings()));
  if (refusal !== undefined) throw refusal;
  return (await openThroughEngine(wish, means)) ?? (await openHere(wish, means));
};

/** The tunnel of the running engine; undefined where none runs that serves this wish to programs without a login. */
const openThroughEngine = async (wish: Wish, means: Means): Promise<Tunnel | undefined> => {
  const engine = await attach(means.place).catch(() => undefined);
  if (engine === undefined) return undefined;
  try {
    const route = routeThrough(engine, wish.cascade);
    return route && (await askEngine(engine, route, wish, means));
  } finally {
    await engine[Symbol.asyncDispose]();
  }
};

/** The engine's listener as the only hop; undefined where it listens to others only, or does not know the cascade. */
const routeThrough = ({ snapshot }: Controller, cascade: string | undefined): Route | undefined => {
  const listener = snapshot.listeners.find(({ host }) => privateKind(host) === 'loopback');
  if (listener === undefined) return undefined;
  if (cascade !== undefined && !snapshot.cascades.some(({ name }) => name === cascade)) return undefined;
  const login = cascade === undefined ? '' : `+${cascade}@`;
  const hop = parseHop(`socks5h://${login}${labelEndpoint(listener)}`);
  return { cascade: 'the running kaskade' as CascadeId, identity: '' as Identity, hops: [asProxy(hop, 'the engine')] };
};

/** The engine has deadlines of its own, for holding a session and for several routes; this one is for an engine that is stuck. */
const engineDeadlines = 5;

const loginCodes: readonly string[] = ['hop-auth-missing', 'hop-auth-refused'];

const askEngine = async (engine: Controller, route: Route, wish: Wish, means: Means): Promise<Tunnel | undefined> => {
  const began = engine.snapshot.at;
  const within = millis(means.store.settings()['dial.deadline'] * engineDeadlines);
  try {
    return await dialWithin(within, route, wish, means);
  } catch (thrown) {
    if (wish.signal.aborted) throw thrown;
    const error = asKaskadeError(thrown);
    if (loginCodes.includes(error.code)) return undefined;
    throw await trueError(error, engine, { target: wish.target, began });
  }
};

/** What the engine says of the session: the listener's answer has room for a code only. */
const trueError = async (
  error: KaskadeError,
  engine: Controller,
  { target, began }: { readonly target: Endpoint; readonly began: number },
): Promise<KaskadeError> => {
  // Whatever was told before this is answered has been told when it is; no session has the number 0.
  const isThere = await engine.execute({ do: 'why', session: 0 }).then(
    () => true,
    () => false,
  );
  if (!isThere) return fail('engine-missing', {}, error);
  const wanted = labelEndpoint(target);
  const session = engine.snapshot.recent.findLast(
    (each) =>
      each.state.phase === 'failed' &&
      each.began >= began &&
      each.target !== undefined &&
      labelEndpoint(each.target) === wanted,
  );
  return session?.state.phase === 'failed' ? new KaskadeError(session.state.failure, { cause: error }) : error;
};

const openHere = (wish: Wish, means: Means): Promise<Tunnel> => {
  const { store } = means;
  const cascade = wish.cascade === undefined ? cascadeInUse(store) : findCascade(store, wish.cascade);
  if (cascade === undefined) return Promise.reject(fail('cascade-missing'));
  const within = store.settings()['dial.deadline'];
  return means.beside((planner, door) =>
    search<Tunnel>(
      {
        ...{ wanted: { identity: '' as Identity, target: wish.target }, cascade: () => cascade },
        ...{ planner, evidence: noEvidence, hold: millis(0), onHeld: () => undefined, clock: now },
        attempt: (route) => dialWithin(within, route, wish, { ...means, door }),
      },
      wish,
    ),
  );
};

const dialWithin = async (within: Millis, route: Route, { target, signal }: Wish, { door }: Means): Promise<Tunnel> => {
  const limit = deadline(within, () => fail('hop-timeout'), { signal });
  try {
    return await dial(route, target, { door, onHop: () => undefined }, limit);
  } finally {
    limit.done();
  }
};
