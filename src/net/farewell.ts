/** Closing a client without cutting off the last thing that it is told. */

import type { Socket } from 'node:net';

/** So long may a client go on sending, or not reading, before it is cut off. */
const grace = 2_000;

/**
 * Sends the last bytes and ends; what the client still sends is read and thrown away, since closing with unread bytes
 * makes a reset that can overtake the answer. The client is destroyed when it ends too, or after two seconds.
 */
export const farewell = (client: Socket, last?: Buffer): void => {
  if (client.destroyed) return;
  const timer = setTimeout(() => {
    client.destroy();
  }, grace);
  client.on('close', () => {
    clearTimeout(timer);
  });
  if (last === undefined) client.end();
  else client.end(last);
  client.resume();
};
