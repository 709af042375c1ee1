/** The fast way through: what a socket reads is written onward out of the read buffer itself, without a stream between. */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Lane, Sink } from './lane.js';

/** A read this big earns a socket a buffer of its own; a run of so many small ones loses it again. */
const bigRead = 32 * 1024;
const smallRead = 4 * 1024;
const smallRun = 16;

/** A socket and how it reads. */
export interface Laned {
  readonly socket: Socket;
  readonly lane: Lane;
}

/**
 * A sink that writes to `to`. Out of the shared buffer bytes are copied; an own one is lent to the write, and while
 * a write is not through, reading stands still: that is both back-pressure and what makes lending safe.
 */
export const createSink = ({ socket, lane }: Laned, to: Duplex, count: (bytes: number) => void): Sink => {
  let small = 0;
  let held = false;
  const written = (): void => {
    if (!held || to.writableLength > 0) return;
    held = false;
    socket.resume();
  };
  return (bytes) => {
    // Bytes that were read before the diversion may still wait in the stream: order comes first.
    if (socket.readableLength > 0) return socket.push(Buffer.from(bytes));
    count(bytes.length);
    const own = lane.owns();
    small = bytes.length < smallRead ? small + 1 : 0;
    to.write(own ? bytes : Buffer.from(bytes), written);
    held = to.writableLength > 0;
    if (held) return false;
    if (!own && bytes.length >= bigRead) lane.resize('big');
    if (own && small > smallRun) lane.resize('shared');
    return true;
  };
};
