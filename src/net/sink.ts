/** The fast way down: what a socket reads is written to the client out of the read buffer itself, without a stream between. */

import type { Socket } from 'node:net';
import type { Outward, Sink } from './connect.js';
import type { Meter } from './idle.js';

/** A read this big earns a socket a buffer of its own; a run of so many small ones loses it again. */
const bigRead = 32 * 1024;
const smallRead = 4 * 1024;
const smallRun = 16;

/**
 * A sink that writes to `client`. Out of the shared buffer bytes are copied; an own one is lent to the write, and while
 * a write is not through, reading stands still: that is both back-pressure and what makes lending safe.
 */
export const createSink = (outward: Outward, client: Socket, meter: Meter): Sink => {
  const { socket } = outward;
  let small = 0;
  let held = false;
  const written = (): void => {
    if (!held || client.writableLength > 0) return;
    held = false;
    socket.resume();
  };
  return (bytes) => {
    // Bytes that were read before the diversion may still wait in the stream: order comes first.
    if (socket.readableLength > 0) return socket.push(Buffer.from(bytes));
    meter.down += bytes.length;
    const own = outward.owns();
    small = bytes.length < smallRead ? small + 1 : 0;
    client.write(own ? bytes : Buffer.from(bytes), written);
    held = client.writableLength > 0;
    if (held) return false;
    if (!own && bytes.length >= bigRead) outward.resize('big');
    if (own && small > smallRun) outward.resize('shared');
    return true;
  };
};
