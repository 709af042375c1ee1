/** The one door out of the process for sessions: it opens a socket to the first hop of a route, and to nothing else. */

import { type Socket, type TcpNetConnectOpts, createConnection, isIP } from 'node:net';
import { type Endpoint, hostText } from '../model/address.js';
import { type KaskadeError, fail } from '../model/error.js';
import type { Buffers } from './buffers.js';
import { type Cancel, reasonOf } from './cancel.js';

/** Takes the bytes that a socket reads; they are valid during the call only. False stops the reading until resume(). */
export type Sink = (bytes: Buffer) => boolean;

/** A connection to a first hop. */
export interface Outward {
  readonly socket: Socket;
  /** Lets what is read go past the stream machinery, straight to `sink`. What the stream already holds must be read first. */
  readonly divert: (sink: Sink) => void;
  /** Gives this socket a read buffer of its own (`big`) or the shared one; takes effect after the current read. */
  readonly resize: (size: 'big' | 'shared') => void;
  /** Whether the last read went into a buffer of its own. */
  readonly owns: () => boolean;
  /** Gives the own buffer back, after the last read and when no write refers to it any more. */
  readonly release: () => void;
}

/** What the door needs to know. */
export interface Door {
  readonly buffers: Buffers;
  /** Whether an address is one of the program's own listeners: a cascade must not begin at itself. */
  readonly isOwnListener: (address: string, port: number) => boolean;
}

/** Opens a TCP connection to the first hop. Rejects with `hop-name-unknown`, `hop-unreachable`, `out-of-files`, or the signal's reason. */
export const connect = (first: Endpoint, door: Door, cancel: Cancel): Promise<Outward> =>
  new Promise((resolve, reject) => {
    if (cancel.signal.aborted) {
      reject(reasonOf(cancel));
      return;
    }
    const host = hostText(first.host);
    const family = { autoSelectFamily: isIP(host) === 0 };
    const outward = open({ host, port: first.port, noDelay: true, allowHalfOpen: true, ...family }, door.buffers);
    const { socket } = outward;
    const settle = (): void => {
      socket.off('connect', onConnect).off('error', onError);
      cancel.signal.removeEventListener('abort', onAbort);
    };
    const refuse = (error: KaskadeError): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onConnect = (): void => {
      if (door.isOwnListener(socket.remoteAddress ?? '', socket.remotePort ?? 0)) {
        refuse(fail('hop-unreachable', { note: 'it is the own listener' }));
        return;
      }
      settle();
      resolve(outward);
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      refuse(connectFailure(error));
    };
    const onAbort = (): void => {
      refuse(reasonOf(cancel));
    };
    cancel.signal.addEventListener('abort', onAbort, { once: true });
    socket.on('connect', onConnect).on('error', onError);
  });

/** Starts to connect; Node asks `next` for a read buffer at the start and after every read. */
const open = (options: TcpNetConnectOpts, buffers: Buffers): Outward => {
  let own: Buffer | undefined;
  let big = false;
  let sink: Sink = (bytes) => socket.push(Buffer.from(bytes));

  const next = (): Buffer => {
    if (big) own ??= buffers.borrow();
    else release();
    return own ?? buffers.shared;
  };
  const release = (): void => {
    if (own !== undefined) buffers.giveBack(own);
    own = undefined;
  };
  const read = (size: number): boolean => sink((own ?? buffers.shared).subarray(0, size));
  const socket = createConnection({ ...options, onread: { buffer: next, callback: read } });
  socket.on('error', ignore);
  return {
    socket,
    divert: (to) => {
      sink = to;
    },
    resize: (size) => {
      big = size === 'big';
    },
    owns: () => own !== undefined,
    release,
  };
};

/** Errors are told by `close` and `errored`; the listener is there so that none is ever unhandled. */
const ignore = (): void => undefined;

const connectFailure = (error: NodeJS.ErrnoException): KaskadeError => {
  const code = error.code ?? 'unknown';
  const note = { note: code };
  if (code === 'EMFILE' || code === 'ENFILE') return fail('out-of-files', note, error);
  if (code.startsWith('EAI_') || code === 'ENOTFOUND') return fail('hop-name-unknown', note, error);
  return fail('hop-unreachable', note, error);
};
