/** Opens a tunnel to a target through all hops of a route, in order; whatever fails names the edge and the phase. */

import type { Duplex } from 'node:stream';
import type { Endpoint } from '../model/address.js';
import type { Phase } from '../model/blame.js';
import { type Millis, millis, now, since } from '../model/brand.js';
import type { Proxy } from '../model/cascade.js';
import type { Early } from '../model/early.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import type { Hop } from '../model/hop.js';
import type { Route } from '../model/route.js';
import { hopProtocols } from '../hop/index.js';
import type { HopProtocol } from '../hop/protocol.js';
import { type Cancel, type StepLimit, reasonOf, stepLimit } from '../net/cancel.js';
import { type Door, type Then, connect, connectThen } from '../net/connect.js';
import { fly } from '../net/flight.js';
import type { Tunnel } from '../net/relay.js';
import { type OnHop, type Pacer, type Progress, type RouteLeg, blamed, track } from './progress.js';

/** What a dial needs besides its route. */
export interface Dialer {
  readonly door: Door;
  readonly onHop: OnHop;
  /** How long a hop may take over each step; only the whole dial is limited where it is missing. */
  readonly patienceFor?: (proxy: Proxy) => Millis;
  /** Who may be asked before its turn; nobody where it is missing. */
  readonly early?: Early;
}

/** Where a dial goes: the target behind the last hop, or nowhere further than the last hop, which forwards plain requests itself. */
export type Goal = Endpoint | 'last hop';

/**
 * Opens one socket, to hop 1, and asks each hop for the next one: as many in one flight as are known to keep what comes early.
 * Where such bytes may be lost, it is dialled once more, one question after the other, and only what that says is believed.
 * The caller owns the tunnel. Rejects with a KaskadeError that carries blame; no socket is left then.
 */
export const dial = async (route: Route, goal: Goal, dialer: Dialer, cancel: Cancel): Promise<Tunnel> => {
  const { early, ...plain } = dialer;
  const stages = stagesOf(route, goal, early);
  if (early === undefined || !stages.some(isEarly)) return tunnelOf(await dialOnce({ route, stages }, plain, cancel));
  const told: Parameters<OnHop>[] = [];
  const onHop: OnHop = (...hop) => void told.push(hop);
  const dialled = await dialOnce({ route, stages }, { ...plain, onHop }, cancel);
  if ('keeper' in dialled) {
    const began = now();
    const tunnel = await dial(route, goal, plain, cancel);
    // A target that takes as long either way has lost nothing.
    if (since(began, now()) < mostStall) early.lost(dialled.keeper);
    return tunnel;
  }
  for (const hop of told) dialer.onHop(...hop);
  return tunnelOf(dialled);
};

/**
 * Asks the last hop for the target over a tunnel that leads to it, and on which it was told nothing yet. Rejects as `dial` does, but
 * what it says of the hop may be about a tunnel that had waited for too long; the tunnel is ended then.
 */
export const dialOn = async (
  begun: Tunnel,
  { route, target }: Errand,
  dialer: Dialer,
  cancel: Cancel,
): Promise<Tunnel> => {
  const { early, ...plain } = dialer;
  const stages = [lastStage(stagesOf(route, target, early), route)];
  return tunnelOf(await dialOnce({ route, stages, begun }, plain, cancel));
};

/** A target, and the way to it. */
export interface Errand {
  readonly route: Route;
  readonly target: Endpoint;
}

const tunnelOf = (dialled: Dialled): Tunnel => {
  if ('error' in dialled) throw dialled.error;
  return dialled.tunnel;
};

const isEarly = (stage: Stage): boolean =>
  stage.kind === 'ask' && stage.legs.some(({ keptBy }) => keptBy !== undefined);

/**
 * Opens the socket to hop 1 and says nothing, for those who reach thousands. What it returns calls it off, and then neither is called.
 * `failed` gets a KaskadeError that carries blame.
 */
export const dialFirst = (route: Route, door: Door, { opened, failed }: Then<Duplex>): (() => void) => {
  const { endpoint, scheme } = route.hops[0].hop;
  return connectThen({ host: endpoint.host, port: endpoint.port, scheme }, door, {
    opened: ({ socket }) => {
      opened(socket);
    },
    failed: (error) => {
      failed(blamed(error, route, { hop: 1, phase: 'tcp', hops: route.hops.length }));
    },
  });
};

/** A tunnel, or why there is none; `keeper` where that may be because somebody lost bytes that came early. */
type Dialled =
  | { readonly tunnel: Tunnel }
  | { readonly error: KaskadeError }
  | { readonly error: KaskadeError; readonly keeper: Proxy };

/** A route and what is asked on it; answers are read once, so that every dial has its own. */
interface LaidOut {
  readonly route: Route;
  readonly stages: readonly Stage[];
  /** A tunnel that leads to where the first stage is. */
  readonly begun?: Tunnel;
}

const dialOnce = async ({ route, stages, begun }: LaidOut, dialer: Dialer, cancel: Cancel): Promise<Dialled> => {
  const limit = stepLimit(() => fail('hop-timeout'), cancel);
  const progress = track(route, dialer.onHop, pacerOf(route, dialer, limit));
  let tunnel = begun;
  try {
    tunnel ??= await enter(route, dialer.door, { progress, limit });
    let { stream } = tunnel;
    for (const stage of stages) stream = await pass(stage, stream, progress, limit);
    if (limit.signal.aborted) throw reasonOf(limit);
    return { tunnel: { stream, outward: tunnel.outward } };
  } catch (thrown) {
    tunnel?.outward.socket.destroy();
    const error = progress.blame(asKaskadeError(thrown));
    const keeper = cancel.signal.aborted || !isLoss(error) ? undefined : progress.keeper();
    return keeper === undefined ? { error } : { error, keeper };
  } finally {
    limit.done();
  }
};

interface UnderWay {
  readonly progress: Progress;
  readonly limit: Cancel;
}

/** Connects to hop 1: a tunnel that leads nowhere further yet. */
const enter = async (route: Route, door: Door, { progress, limit }: UnderWay): Promise<Tunnel> => {
  const { endpoint, scheme } = route.hops[0].hop;
  const outward = await connect({ host: endpoint.host, port: endpoint.port, scheme }, door, limit);
  progress.connected();
  return { stream: outward.socket, outward };
};

/** How it looks when a hop has not seen what was sent to it. */
const isLoss = ({ code }: KaskadeError): boolean =>
  code === 'hop-timeout' || code === 'hop-closed' || code === 'hop-reset' || code === 'hop-garbled';

/** Whether bytes that came early are lost is found out in so long. */
const mostStall = millis(3_000);

/** Gives every step of a hop its time. The last hop, asked for the target, may wait for the target as long as the whole dial may take. */
const pacerOf = ({ hops }: Route, { patienceFor }: Dialer, limit: StepLimit): Pacer => {
  const usual = (hop: number, phase: Phase): Millis | undefined => {
    const proxy = phase === 'request' && hop === hops.length ? undefined : hops[hop - 1];
    return proxy && patienceFor?.(proxy);
  };
  return (hop, phase, early) => {
    const patience = usual(hop, phase);
    if (early) limit.step(millis(Math.min(patience ?? mostStall, mostStall)));
    else if (patienceFor !== undefined) limit.step(patience);
  };
};

/** A piece of a dial: TLS to one hop, or questions that may go in one flight. */
type Stage =
  | { readonly kind: 'secure'; readonly number: number; readonly hop: Hop; readonly secure: Secure }
  | { readonly kind: 'ask'; readonly legs: readonly RouteLeg[] };

type Secure = NonNullable<HopProtocol['secure']>;

/** The whole dial laid out before it begins: what a hop says can change nothing of it. */
const stagesOf = (route: Route, goal: Goal, early: Early | undefined): readonly Stage[] => {
  const stages: Stage[] = [];
  let legs: RouteLeg[] = [];
  for (const [index, proxy] of route.hops.entries()) {
    const { secure, ask } = hopProtocols[proxy.hop.scheme];
    if (secure !== undefined) {
      stages.push({ kind: 'ask', legs }, { kind: 'secure', number: index + 1, hop: proxy.hop, secure });
      legs = [];
    }
    const onward = route.hops[index + 1]?.hop.endpoint ?? goal;
    if (onward === 'last hop') continue;
    for (const { phase, ask: words, answer } of ask(proxy.hop, onward)) {
      const before = legs.at(-1);
      const keptBy = before?.keeps === true ? route.hops[before.hop - 1] : undefined;
      const keeps = keepsBehind(phase, proxy, early);
      legs.push({ phase, ask: words, answer, hop: index + 1, keeps, keptBy });
    }
  }
  return [...stages, { kind: 'ask', legs }];
};

/** What the last hop is asked. */
const lastStage = (stages: readonly Stage[], { hops }: Route): Stage => ({
  kind: 'ask',
  legs: stages.flatMap((stage) => (stage.kind === 'ask' ? stage.legs.filter(({ hop }) => hop === hops.length) : [])),
});

/**
 * A SOCKS hop that refuses hangs up (RFC 1928 §6). One that speaks HTTP may wait for another request instead: what was meant for the
 * hop behind it, it would take for itself, and the way would be shorter. So nothing is ever sent behind a CONNECT.
 */
const keepsBehind = (phase: RouteLeg['phase'], proxy: Proxy, early: Early | undefined): boolean =>
  proxy.hop.scheme.startsWith('socks') && early?.keeps(proxy, phase === 'request' ? 'request' : 'greeting') === true;

const pass = async (stage: Stage, stream: Duplex, progress: Progress, cancel: Cancel): Promise<Duplex> => {
  if (stage.kind === 'secure') {
    progress.securing(stage.number);
    const secured = await stage.secure(stream, stage.hop, cancel);
    progress.connected();
    return secured;
  }
  const [first] = stage.legs;
  if (first === undefined) return stream;
  progress.asking(first);
  await fly(
    stream,
    stage.legs,
    (leg, next) => {
      progress.answered(leg, next);
    },
    cancel,
  );
  return stream;
};
