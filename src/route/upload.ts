/** A plain request on its way up: its head as the client wrote it, and its body in the framing it came in. */

import type { Duplex } from 'node:stream';
import type { KaskadeError } from '../model/error.js';
import type { PlainMessage } from '../inbound/request.js';
import type { Meter } from '../net/idle.js';
import { writeChunk, writeLastChunk } from '../wire/http-body.js';
import type { Field } from '../wire/http-head.js';
import { onwardFields, writeRequest } from '../wire/http-request.js';
import type { Forwarding } from './download.js';

/** Sends one request. */
export interface Upload {
  /** Sends the head, and lets the body follow; `broken` hears of a body that cannot be sent to its end. */
  readonly begin: (broken: (error: KaskadeError) => void) => void;
  /** There is room in the tunnel again. */
  readonly more: () => void;
  readonly finished: () => boolean;
  /** Whether the rest of the body is waited for while the tunnel would take it. */
  readonly starved: () => boolean;
  readonly stop: () => void;
}

/** An upload of `message` into a tunnel. */
export const createUpload = (
  message: PlainMessage,
  stream: Duplex,
  { meter, forward }: { readonly meter: Meter; readonly forward: Forwarding | undefined },
): Upload => {
  const { body } = message;
  const write = (...pieces: readonly Buffer[]): void => {
    stream.cork();
    for (const piece of pieces) {
      meter.up += piece.length;
      if (!stream.write(piece)) body?.pause();
    }
    stream.uncork();
  };
  return {
    begin: (broken) => {
      write(headOf(message, forward));
      body?.begin({
        broken,
        data: (data) => {
          write(...(body.chunked ? writeChunk(data) : [data]));
        },
        end: (trailers) => {
          if (body.chunked) write(writeLastChunk(onwardFields(trailers)));
        },
      });
    },
    more: () => body?.resume(),
    finished: () => body === undefined || body.whole(),
    starved: () => body?.whole() === false && !stream.writableNeedDrain,
    stop: () => body?.stop(),
  };
};

const headOf = (message: PlainMessage, forward: Forwarding | undefined): Buffer => {
  const keep = [
    ...(message.body?.chunked === true ? ['transfer-encoding'] : []),
    ...(message.upgrade ? ['connection', 'upgrade'] : []),
  ];
  const login: readonly Field[] =
    forward?.authorization === undefined ? [] : [{ name: 'Proxy-Authorization', value: forward.authorization }];
  const target = forward === undefined ? message.path : message.absolute;
  return writeRequest({ ...message, target }, [...onwardFields(message.fields, keep), ...login]);
};
