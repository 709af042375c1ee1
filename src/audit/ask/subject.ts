/** The proxy under audit, and how it is spoken to. */

import type { Duplex } from 'node:stream';
import { type Endpoint, type Family, labelEndpoint } from '../../model/address.js';
import type { Mode } from '../../model/audit.js';
import { type KaskadeError, asKaskadeError, fail } from '../../model/error.js';
import type { Failure } from '../../model/failure.js';
import type { Hop } from '../../model/hop.js';
import { hopProtocols } from '../../hop/index.js';
import type { Cancel } from '../../net/cancel.js';
import type { Then } from '../../net/connect.js';
import { fly } from '../../net/flight.js';
import { type Answered, fieldOf } from './reply.js';
import { shown } from './text.js';

/** A proxy, or the last hop of a cascade. */
export interface Subject {
  /** Without credentials. */
  readonly label: string;
  readonly hop: Hop;
  /** A stream to it, TLS to it included, on which nothing was said yet; each call another one. Rejects with a KaskadeError. */
  readonly reach: (cancel: Cancel) => Promise<Duplex>;
  /** The same with callbacks, for those who reach thousands: missing where there is more to it than one connection. What it returns calls it off. */
  readonly reachThen?: (then: Then<Duplex>) => () => void;
  /** There is no proxy at all: what it would be asked for is connected to. */
  readonly passes?: (onward: Endpoint, cancel: Cancel) => Promise<Duplex>;
  /** Addresses of hops before it, which a site may be shown instead of yours. */
  readonly before: readonly { readonly hop: number; readonly address: string }[];
  /** By which families of addresses its first hop was reached: it sees you by these. None are of interest where that is in your own network. */
  readonly seesYouBy: () => readonly Family[];
  /** It is reached directly: no hop stands before it. */
  readonly isAlone?: true;
  /** Is told of everything it answers: one that asks to be left alone is not reached any more. */
  readonly heed?: (said: Answered | Failure) => void;
  /** How many questions in a row have got nothing, in each mode. */
  readonly silence?: Map<Mode, number>;
}

/** Whether a proxy can be handed plain requests. */
export const forwards = ({ hop }: Subject): boolean => hop.scheme === 'http' || hop.scheme === 'https';

/** The login for a request in forward mode. */
export const authorizationOf = ({ hop }: Subject): string | undefined => hopProtocols[hop.scheme].authorization?.(hop);

/** Opens a tunnel to `onward`. Rejects with what the proxy answers, or with the signal's reason. */
export const openTunnel = async (subject: Subject, onward: Endpoint, cancel: Cancel): Promise<Duplex> =>
  subject.passes === undefined
    ? through(await subject.reach(cancel), subject, { onward }, cancel)
    : subject.passes(onward, cancel);

/**
 * The same proxy for as long as it does not ask to be left alone: by 429 (RFC 6585 §4) or Retry-After (RFC 9110 §10.2.3), or by
 * wanting a login (RFC 9110 §11.6.1, §11.7.1). Whoever reaches for it behind that is rejected with `proxy-declines`.
 */
export const heeding = (subject: Subject): Subject => {
  let declined: KaskadeError | undefined;
  return {
    heed: (said) => {
      const words = 'code' in said ? declinedBy(said) : declinedIn(said);
      if (words !== undefined) declined ??= fail('proxy-declines', { note: words });
    },
    silence: new Map<Mode, number>(),
    ...subject,
    reach: (cancel) => (declined === undefined ? subject.reach(cancel) : Promise.reject(declined)),
  };
};

const declinedBy = ({ code, status, note = 'it wants a login' }: Failure): string | undefined =>
  status === 429 || code === 'hop-auth-missing' || code === 'hop-auth-refused' ? note : undefined;

const declinedIn = (answer: Answered): string | undefined => {
  const [after] = fieldOf(answer, 'retry-after');
  const declines = [401, 407, 429].includes(answer.status) || (answer.status >= 400 && after !== undefined);
  if (!declines) return undefined;
  return after === undefined ? `HTTP ${answer.status}` : `HTTP ${answer.status}, Retry-After: ${shown(after, 40)}`;
};

/** What a tunnel leads to, and whether its first question was put already. */
interface Onward {
  readonly onward: Endpoint;
  readonly asked?: true;
}

/** Asks for a tunnel on a stream, which is ended where there is none. */
export const through = async (
  stream: Duplex,
  subject: Subject,
  { onward, asked }: Onward,
  cancel: Cancel,
): Promise<Duplex> => {
  try {
    const legs = hopProtocols[subject.hop.scheme].ask(subject.hop, onward).map(({ phase, ask, answer }, nth) => {
      const words = asked === true && nth === 0 ? Buffer.alloc(0) : ask;
      return { phase, ask: words, answer, hop: 1, keeps: false };
    });
    await fly(stream, legs, () => undefined, cancel);
    return stream;
  } catch (thrown) {
    stream.destroy();
    subject.heed?.(asKaskadeError(thrown).failure);
    throw thrown;
  }
};

/** The same proxy, spoken to in another way. */
export const withScheme = (subject: Subject, scheme: Hop['scheme']): Subject => {
  const hop = { ...subject.hop, scheme };
  return { ...subject, hop, label: `${scheme}://${labelEndpoint(hop.endpoint)}` };
};
