/** The way back for the answer to one plain request: written for the version and the connection of the client that asked. */

import type { Socket } from 'node:net';
import { writeChunk, writeLastChunk } from '../wire/http-body.js';
import { frameAnswer, interimHead } from '../wire/http-answer-head.js';
import { type RequestHead, persists } from '../wire/http-request-head.js';
import { onwardFields } from '../wire/http-request.js';
import type { Answer, RequestBody } from './request.js';

/** What becomes of a connection behind an answer: it waits for the next request, is closed, or is not ours any more. */
export type Then = 'next' | 'close' | 'left';

/** What an answer belongs to. */
export interface Exchange {
  readonly client: Socket;
  readonly head: RequestHead;
  readonly body: RequestBody | undefined;
}

/** Whether the client's connection can carry another request: it must want that, and have sent the last one whole. */
export const mayLast = ({ head, body }: Exchange): boolean => persists(head) && (body === undefined || body.whole());

/** An answer; `over` is called once, when it has been written or broken off. */
export const createAnswer = (exchange: Exchange, over: (then: Then) => void): Answer => {
  const { client, head: request } = exchange;
  let begun = false;
  let chunked = false;
  let lasting = false;
  return {
    interim: (head) => {
      if (request.version === '1.1') client.write(interimHead(head));
    },
    head: (head) => {
      begun = true;
      if (head.status === 101) {
        client.write(interimHead(head, ['upgrade', 'connection']));
        over('left');
        return;
      }
      const framed = frameAnswer(head, { version: request.version, lasting: mayLast(exchange) });
      ({ chunked, lasting } = framed);
      gather(client);
      client.write(framed.bytes);
    },
    data: (bytes) => {
      gather(client);
      for (const piece of chunked ? writeChunk(bytes) : [bytes]) client.write(piece);
      return !client.writableNeedDrain;
    },
    end: (trailers) => {
      if (chunked) client.write(writeLastChunk(onwardFields(trailers)));
      over(lasting ? 'next' : 'close');
    },
    cut: () => {
      client.resetAndDestroy();
      over('left');
    },
    watch: ({ drained, gone }) => {
      const onClose = (): void => {
        gone();
        over('left');
      };
      client.on('drain', drained).on('close', onClose);
      return () => {
        client.off('drain', drained).off('close', onClose);
      };
    },
    begun: () => begun,
  };
};

/** Puts what is written in one go into one packet: a head, a small body and its end. */
const gather = (client: Socket): void => {
  if (client.writableCorked > 0) return;
  client.cork();
  process.nextTick(() => {
    client.uncork();
  });
};
