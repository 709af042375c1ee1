/** Requests that a client pipelines on one connection are served one after the other, as they were sent (RFC 9112 §9.3.2). */

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The requests of one connection. */
export interface Turns {
  /** Serves a request when all before it are answered. */
  readonly next: (response: ServerResponse, serve: () => void) => void;
}

/** So many requests may wait; then the connection is not read from until some are done. */
const mostWaiting = 8;

/** The turns of one connection. */
export const createTurns = (client: Socket): Turns => {
  const waiting: (() => void)[] = [];
  let busy = false;
  const advance = (): void => {
    const serve = waiting.shift();
    if (waiting.length < mostWaiting) client.resume();
    busy = serve !== undefined;
    serve?.();
  };
  return {
    next: (response, serve) => {
      response.once('close', advance);
      if (busy) waiting.push(serve);
      else {
        busy = true;
        serve();
      }
      if (waiting.length >= mostWaiting) client.pause();
    },
  };
};
