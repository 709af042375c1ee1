/** Opens a tunnel to a target through all hops of a route, in order; whatever fails names the edge and the phase. */

import type { Duplex } from 'node:stream';
import type { Endpoint } from '../model/address.js';
import type { Blame, Phase } from '../model/blame.js';
import { type At, type Millis, millis, now, since } from '../model/brand.js';
import type { Proxy } from '../model/cascade.js';
import { type KaskadeError, asKaskadeError, fail, withDetail } from '../model/error.js';
import { type Hop, labelHop } from '../model/hop.js';
import type { Route } from '../model/route.js';
import type { HopTiming } from '../model/session.js';
import { hopProtocols } from '../hop/index.js';
import type { HopProtocol } from '../hop/protocol.js';
import { type Cancel, type StepLimit, reasonOf, stepLimit } from '../net/cancel.js';
import { type Door, type Outward, connect } from '../net/connect.js';
import { type Leg, fly } from '../net/flight.js';
import type { Tunnel } from '../net/relay.js';

/** Is told of each hop as it is passed. */
export type OnHop = (timing: HopTiming) => void;

/** What a dial needs besides its route. */
export interface Dialer {
  readonly door: Door;
  readonly onHop: OnHop;
  /** How long a hop may take over each step; only the whole dial is limited where it is missing. */
  readonly patienceFor?: (proxy: Proxy) => Millis;
}

/** Where a dial goes: the target behind the last hop, or nowhere further than the last hop, which forwards plain requests itself. */
export type Goal = Endpoint | 'last hop';

/**
 * Opens one socket, to hop 1, and asks each hop for the next one. The caller owns the tunnel.
 * Rejects with a KaskadeError that carries blame; no socket is left then.
 */
export const dial = async (route: Route, goal: Goal, dialer: Dialer, cancel: Cancel): Promise<Tunnel> => {
  const limit = stepLimit(() => fail('hop-timeout'), cancel);
  const progress = track(route, dialer.onHop, pacerOf(route, dialer, limit));
  let outward: Outward | undefined;
  try {
    const [{ hop: first }] = route.hops;
    outward = await connect({ ...first.endpoint, scheme: first.scheme }, dialer.door, limit);
    progress.connected();
    let stream: Duplex = outward.socket;
    for (const stage of stagesOf(route, goal)) stream = await pass(stage, stream, progress, limit);
    if (limit.signal.aborted) throw reasonOf(limit);
    return { stream, outward };
  } catch (thrown) {
    outward?.socket.destroy();
    throw progress.blame(asKaskadeError(thrown));
  } finally {
    limit.done();
  }
};

/** Is told which hop is waited for, and in which phase. */
type Pacer = (hop: number, phase: Phase) => void;

/** Gives every step of a hop its time. The last hop, asked for the target, may wait for the target as long as the whole dial may take. */
const pacerOf = ({ hops }: Route, { patienceFor }: Dialer, limit: StepLimit): Pacer => {
  if (patienceFor === undefined) return () => undefined;
  return (hop, phase) => {
    const proxy = phase === 'request' && hop === hops.length ? undefined : hops[hop - 1];
    limit.step(proxy && patienceFor(proxy));
  };
};

/** A piece of a dial: TLS to one hop, or questions that may go in one flight. */
type Stage =
  | { readonly kind: 'secure'; readonly number: number; readonly hop: Hop; readonly secure: Secure }
  | { readonly kind: 'ask'; readonly legs: readonly Leg[] };

type Secure = NonNullable<HopProtocol['secure']>;

/** The whole dial laid out before it begins: what a hop says can change nothing of it. */
const stagesOf = (route: Route, goal: Goal): readonly Stage[] => {
  const stages: Stage[] = [];
  let legs: Leg[] = [];
  for (const [index, { hop }] of route.hops.entries()) {
    const { secure, ask } = hopProtocols[hop.scheme];
    if (secure !== undefined) {
      stages.push({ kind: 'ask', legs }, { kind: 'secure', number: index + 1, hop, secure });
      legs = [];
    }
    const onward = route.hops[index + 1]?.hop.endpoint ?? goal;
    if (onward === 'last hop') continue;
    for (const exchange of ask(hop, onward)) legs.push({ ...exchange, hop: index + 1, keeps: false });
  }
  return [...stages, { kind: 'ask', legs }];
};

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

/** Keeps what a dial is doing, so that it can be timed and blamed. */
interface Progress {
  readonly securing: (hop: number) => void;
  readonly connected: () => void;
  readonly asking: (leg: Leg) => void;
  readonly answered: (leg: Leg, next: Leg | undefined) => void;
  readonly blame: (error: KaskadeError) => KaskadeError;
}

const track = (route: Route, onHop: OnHop, pace: Pacer): Progress => {
  let hop = 1;
  let phase: Phase = 'tcp';
  pace(hop, phase);
  let mark: At = now();
  let connect: Millis | undefined;
  const lap = (): Millis => {
    const span = since(mark, now());
    mark = now();
    return span;
  };
  const labelOf = (number: number | 'target'): string | undefined => {
    const proxy = typeof number === 'number' ? route.hops[number - 1] : undefined;
    return proxy && labelHop(proxy.hop);
  };
  return {
    securing: (number) => {
      [hop, phase] = [number, 'tls'];
      pace(hop, phase);
    },
    connected: () => {
      connect = millis((connect ?? 0) + lap());
    },
    asking: (leg) => {
      ({ hop, phase } = leg);
      pace(hop, phase);
    },
    answered: (leg, next) => {
      if (next?.hop !== leg.hop) {
        const connected = connect === undefined ? {} : { connect };
        onHop({ hop: leg.hop, label: labelOf(leg.hop) ?? '', ...connected, exchange: lap() });
        connect = undefined;
      }
      if (next === undefined) return;
      ({ hop, phase } = next);
      pace(hop, phase);
    },
    blame: (error) => {
      const blame = blameFor(error, { hop, phase, hops: route.hops.length });
      if (blame === undefined) return error;
      const labels = { reporter: labelOf(blame.reporter), suspect: labelOf(blame.suspect) };
      return withDetail(error, { blame, hops: route.hops.length, ...definedOnly(labels) });
    },
  };
};

/** A hop's word on what lies behind it is evidence about that edge; everything else is about the edge to the hop itself. */
const blameFor = (
  { code }: KaskadeError,
  at: { readonly hop: number; readonly phase: Phase; readonly hops: number },
): Blame | undefined => {
  if (code === 'hop-name-unknown') return { reporter: 0, suspect: at.hop, phase: 'name' };
  if (code.startsWith('hop-')) return { reporter: at.hop - 1, suspect: at.hop, phase: at.phase };
  if (!code.startsWith('onward-')) return undefined;
  return { reporter: at.hop, suspect: at.hop < at.hops ? at.hop + 1 : 'target', phase: at.phase };
};

const definedOnly = (labels: { readonly reporter: string | undefined; readonly suspect: string | undefined }) => ({
  ...(labels.reporter === undefined ? {} : { reporter: labels.reporter }),
  ...(labels.suspect === undefined ? {} : { suspect: labels.suspect }),
});
