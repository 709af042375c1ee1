/** One plain http:// request and its answer, through a tunnel that may be used again. */

import { now, since } from '../model/brand.js';
import { labelHop } from '../model/hop.js';
import type { Proxy } from '../model/cascade.js';
import { KaskadeError, asKaskadeError } from '../model/error.js';
import type { Route } from '../model/route.js';
import { hopProtocols } from '../hop/index.js';
import type { PlainRequest } from '../inbound/request.js';
import type { Meter } from '../net/idle.js';
import { relay } from '../net/relay.js';
import { converse } from './converse.js';
import type { Forwarding, Outcome } from './download.js';
import { discard } from './pool.js';
import type { Goal } from './dial.js';
import { type Journey, type Way, open, planFor } from './journey.js';

/** Methods that may be sent again when a kept tunnel turns out to be closed (RFC 9110 §9.2.2); only without a body. */
const repeatable = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Answers a plain request. A kept tunnel is used for repeatable requests only, so that nothing is ever sent twice that
 * must not be. Rejects with a KaskadeError while nothing was answered; after that the answer is cut.
 */
export const serveExchange = async (request: PlainRequest, journey: Journey): Promise<void> => {
  const first = await tryPlan(request, journey);
  const kept = first && takeKept(request, first, journey);
  if (kept !== undefined && (await attempt(request, { ...kept, kept: true }, journey)) !== 'stale') return;
  await attempt(request, { ...(await openFor(request, first, journey)), kept: false }, journey);
};

/** A route, where one is up; whoever opens a tunnel waits for one. */
const tryPlan = async (request: PlainRequest, { line }: Journey): Promise<Route | undefined> => {
  try {
    return await planFor(request, line);
  } catch (thrown) {
    if (asKaskadeError(thrown).code !== 'cascade-down') throw thrown;
    return undefined;
  }
};

const takeKept = (request: PlainRequest, route: Route, { line, entry }: Journey): Way | undefined => {
  const tunnel = isRepeatable(request) ? line.pool.take(route, request.target) : undefined;
  if (tunnel === undefined) return undefined;
  entry.dialing(route);
  return { route, tunnel };
};

const isRepeatable = ({ message }: PlainRequest): boolean =>
  repeatable.has(message.method) && message.body === undefined && !message.upgrade && message.version === '1.1';

/** Opens a tunnel to the target, or to a last hop that forwards. A hop that does not tunnel to this port is told with the two ways out. */
const openFor = async (request: PlainRequest, first: Route | undefined, journey: Journey): Promise<Way> => {
  let last: Proxy | undefined;
  const goal = (route: Route): Goal => {
    last = lastHop(route);
    return last.hop.forward === true ? 'last hop' : request.target;
  };
  try {
    return await open(request, { goal, ...(first === undefined ? {} : { first }) }, journey);
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    const denied = error.code === 'onward-denied' && error.failure.blame?.suspect === 'target';
    if (!denied || last?.hop.scheme.startsWith('http') !== true) throw error;
    throw new KaskadeError({ ...error.failure, code: 'plain-http-denied' }, { cause: error.cause });
  }
};

/** Sends the request through one tunnel and brings the answer back; the tunnel is kept, handed over or ended. */
const attempt = async (
  request: PlainRequest,
  { route, tunnel, kept }: Way & { readonly kept: boolean },
  { line, entry }: Journey,
): Promise<Outcome> => {
  const meter: Meter = { up: 0, down: 0 };
  const began = now();
  entry.relaying(meter);
  const { patience, stop, evidence } = line;
  const onFirst = (): void => {
    evidence.firstByte(route, since(began, now()));
  };
  const manner = { meter, kept, forward: forwarding(route), patience: patience.exchange, onFirst, stop };
  const outcome = await converse(request, tunnel, manner).catch((thrown: unknown) => {
    discard(tunnel);
    evidence.failed(route, asKaskadeError(thrown).failure, request.target);
    throw thrown;
  });
  if (outcome === 'keep') line.pool.put(route, request.target, tunnel);
  else if (outcome === 'switch') await relay(request.client, tunnel, { patience: patience.tunnel, meter }, stop);
  else discard(tunnel);
  if (outcome !== 'stale') entry.closed(outcome === 'gone' ? 'client' : 'target');
  return outcome;
};

/** What a last hop that forwards is sent besides the request; undefined where the request goes through a tunnel. */
const forwarding = (route: Route): Forwarding | undefined => {
  const { hop } = lastHop(route);
  if (hop.forward !== true) return undefined;
  return { hop: route.hops.length, label: labelHop(hop), authorization: hopProtocols[hop.scheme].authorization?.(hop) };
};

const lastHop = ({ hops }: Route): Proxy => hops.at(-1) ?? hops[0];
