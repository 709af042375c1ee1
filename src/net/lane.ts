/** Reading past the stream machinery: what a socket reads lands in a buffer of ours and goes straight to a sink. */

import type { Buffers } from './buffers.js';

/** Takes the bytes that a socket reads; they are valid during the call only. False stops the reading until resume(). */
export type Sink = (bytes: Buffer) => boolean;

/** The reading side of one socket. */
export interface Lane {
  /** For Node: it asks for a buffer at the start and after every read, and tells of every read. */
  readonly onread: { readonly buffer: () => Buffer; readonly callback: (size: number) => boolean };
  /** Sends what is read from now on to another sink. What the stream already holds must be read first. */
  readonly divert: (sink: Sink) => void;
  /** Gives the socket a read buffer of its own (`big`) or the shared one; takes effect after the current read. */
  readonly resize: (size: 'big' | 'shared') => void;
  /** Whether the last read went into a buffer of its own. */
  readonly owns: () => boolean;
  /** Gives the own buffer back, after the last read and when no write refers to it any more. */
  readonly release: () => void;
}

/** A lane that begins with the shared buffer and `sink`. */
export const createLane = (buffers: Buffers, sink: Sink): Lane => {
  const quiet = buffers.quiet();
  let own: Buffer | undefined;
  let big = false;
  let take = sink;

  const release = (): void => {
    if (own !== undefined) buffers.giveBack(own);
    own = undefined;
  };
  const buffer = (): Buffer => {
    if (big) own ??= buffers.borrow();
    else release();
    return own ?? quiet;
  };
  return {
    onread: { buffer, callback: (size) => take((own ?? quiet).subarray(0, size)) },
    divert: (to) => {
      take = to;
    },
    resize: (size) => {
      big = size === 'big';
    },
    owns: () => own !== undefined,
    release,
  };
};
