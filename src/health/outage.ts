/** The court of outages: before a hop loses its standing, is this machine's own network up, and was the program running? */

import { type Endpoint, hostText } from '../model/address.js';
import { type At, since } from '../model/brand.js';
import type { Failure } from '../model/failure.js';
import { isThisMachine } from '../model/cascade.js';
import type { Network } from '../model/standing.js';

/** What this machine's own tables say: no way out of it, some way, or they cannot be read. */
export type Ways = 'none' | 'some' | 'unknown';

/** What becomes of a failure, and of those before it. */
export interface Ruling {
  readonly counts: boolean;
  /** Failures from this moment on are to be taken back as well. */
  readonly pardon?: At;
}

/** A court that hears every end of a dial. */
export interface OutageCourt {
  /** A first hop was passed: whatever is not of this machine proves that the network is up. */
  readonly proof: (first: Endpoint, at: At) => void;
  readonly failed: (first: Endpoint, failure: Failure, at: At) => Ruling;
  /** Is called every second, and before anything is judged, with the wall clock; tells whether the program stood still. */
  readonly tick: (wall: number, at: At) => boolean;
  readonly network: () => Network;
}

/** The spans of a jump: a second between ticks, and how late one must be; how long failures are ignored behind it. */
const tickSpan = 1_000;
const jumpSpan = 5_000;
const afterJump = 5_000;
/** So long after another first hop was reached an error of the network is taken for one of the way to this hop only. */
const proofLasts = 35_000;
const mostProofs = 64;

/** Errors that come from this machine's own network, or from the next router. */
const outageNotes: ReadonlySet<string> = new Set(['ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EAI_AGAIN']);
/** Errors that only another machine can have caused. */
const answeredNotes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET']);

/**
 * Nothing is known at first. The network counts as off when this machine has no way out, when a first hop fails with an
 * error of the network and no other was reached lately, or when two different first hops ran into such errors or timeouts
 * and none was reached since. It counts as on again when one answers in any way. First hops on this machine prove nothing
 * and are never excused; what they say of others is, while the network is off.
 */
export const createOutageCourt = (ways: () => Ways): OutageCourt => {
  const signs = createSigns();
  let state: Network = 'unknown';
  let provedAt: At | undefined;
  let ignoreUntil: At | undefined;
  let lastWall: number | undefined;

  const prove = (first: Endpoint, at: At): void => {
    [state, provedAt] = ['online', at];
    signs.refuted(keyOf(first), at);
  };
  const isLost = (first: Endpoint, failure: Failure, at: At): boolean =>
    ways() === 'none' || (isConnecting(failure) && signs.add(keyOf(first), failure, at));
  const judge = (first: Endpoint, failure: Failure, at: At): Ruling => {
    if (isAnswer(failure)) prove(first, at);
    else if (isLost(first, failure, at)) {
      state = 'offline';
      return { counts: false, pardon: provedAt ?? (0 as At) };
    }
    return { counts: state !== 'offline' };
  };

  return {
    proof: (first, at) => {
      if (!isThisMachine(first)) prove(first, at);
    },
    failed: (first, failure, at) => {
      if (ignoreUntil !== undefined && at < ignoreUntil) return { counts: false };
      if (!isThisMachine(first)) return judge(first, failure, at);
      return { counts: state !== 'offline' || failure.blame?.reporter === 0 };
    },
    tick: (wall, at) => {
      const jumped = lastWall !== undefined && wall - lastWall > tickSpan + jumpSpan;
      lastWall = wall;
      if (!jumped) return false;
      ignoreUntil = (at + afterJump) as At;
      signs.forget();
      return true;
    },
    network: () => state,
  };
};

/** First hops that could not be connected to since any could, and those that could. */
const createSigns = () => {
  const late = new Set<string>();
  const proofs = new Map<string, At>();
  const provedByOther = (key: string, at: At): boolean =>
    [...proofs].some(([other, provedAt]) => other !== key && since(provedAt, at) <= proofLasts);
  return {
    /** Notes a failure; tells whether it is a sign of an outage. */
    add: (key: string, { code, note = '' }: Failure, at: At): boolean => {
      const ofNetwork = outageNotes.has(note);
      if (ofNetwork || code === 'hop-timeout' || note === 'ETIMEDOUT') late.add(key);
      return late.size > 1 || (ofNetwork && !provedByOther(key, at));
    },
    refuted: (key: string, at: At): void => {
      late.clear();
      proofs.delete(key);
      proofs.set(key, at);
      const [oldest] = proofs.size > mostProofs ? proofs.keys() : [];
      if (oldest !== undefined) proofs.delete(oldest);
    },
    forget: (): void => {
      late.clear();
    },
  };
};

/** Whether this machine was still at the first hop's door. */
const isConnecting = ({ blame }: Failure): boolean =>
  blame?.reporter === 0 && (blame.phase === 'tcp' || blame.phase === 'name');

/** Whether something came back from afar; a reset in the middle can be made by this machine itself. */
const isAnswer = (failure: Failure): boolean => {
  const { code, note = '' } = failure;
  if (isConnecting(failure)) return answeredNotes.has(note);
  return failure.blame !== undefined && code !== 'hop-timeout' && code !== 'hop-reset';
};

const keyOf = ({ host, port }: Endpoint): string => `${hostText(host)} ${port}`;
