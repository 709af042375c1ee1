/** The one door out of the process for sessions: it opens a socket to the first hop of a route, and to nothing else. */

import { lookup } from 'node:dns';
import { type LookupFunction, type TcpNetConnectOpts, createConnection, isIP } from 'node:net';
import { hostText, parseHost } from '../model/address.js';
import type { First } from '../model/catalog.js';
import { type KaskadeError, fail } from '../model/error.js';
import { privateKind } from '../model/private.js';
import type { Buffers } from './buffers.js';
import { type Cancel, reasonOf, whenAborted } from './cancel.js';
import { createLane } from './lane.js';
import type { Laned } from './sink.js';

/** A connection to a first hop. */
export interface Outward extends Laned {
  /** Where its lane borrows, and a lane for its client may. */
  readonly buffers: Buffers;
}

/** The addresses of a connection on this machine's side and on the other one. */
export interface Ends {
  readonly near: string;
  readonly far: string;
}

/** What the door needs to know. */
export interface Door {
  readonly buffers: Buffers;
  /** Whether a connection to this port is one to the program's own listener: a cascade must not begin at itself. */
  readonly isOwnListener: (port: number, ends: () => Ends) => boolean;
  /** Whether what a name has led to is nobody who may be connected to; nobody is where this is missing. Throws where that is not known. */
  readonly isBarred?: (first: First) => boolean;
  /** How names of first hops are looked up; the system does it where this is missing. */
  readonly lookup?: LookupFunction;
}

/** Opens a TCP connection to the first hop. Rejects with `hop-name-unknown`, `hop-unreachable`, `out-of-files`, or the signal's reason. */
export const connect = (first: First, door: Door, cancel: Cancel): Promise<Outward> =>
  new Promise((resolve, reject) => {
    if (cancel.signal.aborted) {
      reject(reasonOf(cancel));
      return;
    }
    const stop = connectThen(first, door, {
      opened: (outward) => {
        forget();
        resolve(outward);
      },
      failed: (error) => {
        forget();
        reject(error);
      },
    });
    const forget = whenAborted(cancel, () => {
      stop();
      reject(reasonOf(cancel));
    });
  });

/** What follows when a connection is open, or cannot be; one of both is called, and not at once. */
export interface Then<Opened> {
  readonly opened: (opened: Opened) => void;
  readonly failed: (error: KaskadeError) => void;
}

/** The same for those who open thousands; what is returned ends it before either is called. */
export const connectThen = (first: First, door: Door, { opened, failed }: Then<Outward>): (() => void) => {
  const host = hostText(first.host);
  const named = isIP(host) !== 0 ? {} : { autoSelectFamily: true, lookup: allowedOnly(first, door) };
  const outward = open({ host, port: first.port, noDelay: true, allowHalfOpen: true, ...named }, door.buffers);
  const { socket } = outward;
  const settle = (): void => {
    socket.off('connect', onConnect).off('error', onError);
  };
  const stop = (): void => {
    settle();
    socket.destroy();
  };
  const onConnect = (): void => {
    const ends = (): Ends => ({ near: socket.localAddress ?? '', far: socket.remoteAddress ?? '' });
    if (door.isOwnListener(first.port, ends)) {
      stop();
      failed(fail('hop-unreachable', { note: 'it is the own listener' }));
      return;
    }
    settle();
    opened(outward);
  };
  const onError = (error: NodeJS.ErrnoException): void => {
    stop();
    failed(connectFailure(error));
  };
  socket.on('connect', onConnect).on('error', onError);
  return stop;
};

const open = (options: TcpNetConnectOpts, buffers: Buffers): Outward => {
  const lane = createLane(buffers, (bytes) => socket.push(Buffer.from(bytes)));
  const socket = createConnection({ ...options, onread: lane.onread });
  socket.on('error', ignore);
  return { socket, lane, buffers };
};

/** Errors are told by `close` and `errored`; the listener is there so that none is ever unhandled. */
const ignore = (): void => undefined;

/**
 * Looks a name up for a connection: a name that may be anybody's must not lead into this machine or its network, whatever it
 * meant when it was first looked up (rebinding). A name that is local by its form is meant to.
 */
const allowedOnly = (first: First, { lookup: look = lookup, isBarred }: Door): LookupFunction => {
  const isLocal = privateKind(first.host) !== undefined;
  if (isLocal && isBarred === undefined) return look;
  return (name, options, done) => {
    look(name, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        done(error, []);
        return;
      }
      const all = typeof found === 'string' ? [] : found;
      if (isBarredIn(all, first, isBarred)) {
        done(Object.assign(new Error('barred'), { code: 'EBARRED' }), []);
        return;
      }
      const inward = isLocal ? undefined : all.find(({ address }) => privateKind(parseHost(address)) !== undefined);
      if (inward !== undefined) done(Object.assign(new Error('not public'), { code: 'EPRIVATE', ...inward }), []);
      else done(null, options.all === true ? all : (all[0]?.address ?? ''), all[0]?.family);
    });
  };
};

/** What cannot be told is refused. */
const isBarredIn = (
  all: readonly { readonly address: string }[],
  first: First,
  isBarred: Door['isBarred'] = () => false,
): boolean => {
  try {
    return all.some(({ address }) => isBarred({ ...first, host: parseHost(address) }));
  } catch {
    return true;
  }
};

const connectFailure = (error: NodeJS.ErrnoException): KaskadeError => {
  const code = error.code ?? 'unknown';
  const note = { note: code };
  if (code === 'EMFILE' || code === 'ENFILE') return fail('out-of-files', note, error);
  if (code === 'EBARRED')
    return fail('hop-unreachable', { note: 'the book lets nobody at the address of its name into a route' }, error);
  if (code === 'EPRIVATE') return fail('hop-unreachable', { note: inwardNote(error) }, error);
  if (code.startsWith('EAI_') || code === 'ENOTFOUND') return fail('hop-name-unknown', note, error);
  return fail('hop-unreachable', note, error);
};

const inwardNote = (error: NodeJS.ErrnoException & { readonly address?: string }): string =>
  `its name leads to ${error.address ?? 'an address'}, which is not public; if that is your own proxy, write the address`;
