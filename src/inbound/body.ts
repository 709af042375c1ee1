/** The body of a request, read from the client's connection no faster than it is passed on (RFC 9112 §6 and §7). */

import type { Socket } from 'node:net';
import { asKaskadeError, fail } from '../model/error.js';
import { Broken, type Framing, readBody } from '../wire/http-body.js';
import type { Field } from '../wire/http-head.js';
import type { BodyTaker, RequestBody } from './request.js';

/** The body that follows a head, or undefined where none does. What lies behind it stays in the stream, which is paused then. */
export const createBody = (client: Socket, framing: Framing): RequestBody | undefined => {
  if (framing.kind === 'none') return undefined;
  let whole = false;
  let stop = (): void => undefined;
  return {
    chunked: framing.kind === 'chunked',
    begin: (taker) => {
      stop = read(client, framing, {
        ...taker,
        end: (trailers) => {
          whole = true;
          taker.end(trailers);
        },
      });
    },
    pause: () => client.pause(),
    resume: () => {
      if (!whole) client.resume();
    },
    stop: () => {
      stop();
    },
    whole: () => whole,
  };
};

/** Reads until the end, the first nonsense or the loss of the client; returns how to stop before. */
const read = (client: Socket, framing: Framing, taker: BodyTaker): (() => void) => {
  let trailers: readonly Field[] | undefined;
  const reader = readBody(framing, {
    data: taker.data,
    end: (found) => {
      trailers = found;
    },
  });
  let over = false;
  const stop = (): void => {
    if (over) return;
    over = true;
    client.off('data', onData).off('end', onLost).off('close', onLost).pause();
  };
  const onData = (bytes: Buffer): void => {
    try {
      const used = reader.push(bytes);
      if (trailers === undefined || over) return;
      stop();
      if (used < bytes.length) client.unshift(bytes.subarray(used));
      taker.end(trailers);
    } catch (thrown) {
      stop();
      taker.broken(thrown instanceof Broken ? fail('bad-request', { note: thrown.message }) : asKaskadeError(thrown));
    }
  };
  const onLost = (): void => {
    if (over) return;
    stop();
    taker.broken(fail('client-gone'));
  };
  client.on('data', onData).on('end', onLost).on('close', onLost);
  if (client.destroyed || client.readableEnded) queueMicrotask(onLost);
  else client.resume();
  return stop;
};
