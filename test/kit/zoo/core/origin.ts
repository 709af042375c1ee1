/** Connections to origins in forward mode: answers flow back as they come, and where each one ends is watched. */

import type { Socket } from 'node:net';
import { type ResponseReader, readResponse } from '../../../../src/wire/http-response.js';

/** How an answer ended: `over` where the connection ended with it, `upgraded` where it is no HTTP from here on. */
export type Outcome = 'whole' | 'over' | 'upgraded';

/** A connection to an origin. */
export interface Origin {
  readonly socket: Socket;
  readonly place: string;
  /** Where answers flow back as they come; called with each request, and resolves when its answer has passed. */
  readonly watch?: Watch;
}

/** Watches for the end of the answer to a request of that method. */
export type Watch = (method: string) => Promise<Outcome>;

/** Passes on every byte from an origin to a client, back-pressure, end and reset included. */
export const flowBack = (socket: Socket, client: Socket): Watch => {
  let reader: ResponseReader | undefined;
  let settle: ((outcome: Outcome) => void) | undefined;
  const onDrain = (): void => void socket.resume();
  const over = (): void => settle?.('over');
  socket.on('data', (chunk: Buffer) => {
    if (!client.write(chunk)) socket.pause();
    reader = see(reader, chunk);
  });
  client.on('drain', onDrain);
  socket.once('end', () => {
    over();
    client.end();
  });
  socket.once('close', () => {
    client.off('drain', onDrain);
    if (!socket.readableEnded && settle !== undefined) client.resetAndDestroy();
    over();
  });
  return (method) =>
    new Promise((resolve) => {
      settle = (outcome) => {
        settle = undefined;
        resolve(outcome);
      };
      if (socket.destroyed) over();
      reader = readerOf(method, (outcome) => settle?.(outcome));
    });
};

/** What is no proper answer is passed on all the same; it ends with the connection. */
const see = (reader: ResponseReader | undefined, chunk: Buffer): ResponseReader | undefined => {
  try {
    reader?.push(chunk);
    return reader;
  } catch {
    return undefined;
  }
};

const readerOf = (method: string, done: (outcome: Outcome) => void): ResponseReader => {
  let status = 0;
  return readResponse(method, {
    interim: () => undefined,
    head: (head) => (status = head.status),
    data: () => undefined,
    end: () => {
      done(status === 101 ? 'upgraded' : 'whole');
    },
  });
};
