/** Tells a reset from an end: a reset that arrives together with the last bytes is reported as an end (libuv, on POLLHUP). */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const nothing = Buffer.alloc(0);

/**
 * Whether a stream that has just ended was in truth reset: then an empty write to `socket`, the connection under it, fails
 * at once, and `close` follows. Nothing is sent. It cannot be told any more once the own direction has ended.
 */
export const endedByReset = (stream: Duplex, socket: Socket): boolean => {
  if (!stream.writable) return false;
  socket.write(nothing);
  return socket.errored !== null;
};
