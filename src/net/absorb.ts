/** Reading a handshake from a stream: what arrives is offered piece by piece, and what is not used goes back into the stream. */

import type { Duplex } from 'node:stream';
import { type Cancel, reasonOf, whenAborted } from './cancel.js';

/** What a reader made of the bytes so far: how many are used up, and the result once there is one. */
export interface Absorbed<Result> {
  readonly used: number;
  readonly result?: { readonly value: Result };
}

/** How a stream ended before its reader was satisfied. */
export type Loss = 'closed' | 'reset';

/** Reads a stream. */
export interface Reader<Result> {
  /** Gets all bytes not used yet, each time some arrive, and once at the start with none. May throw. */
  readonly feed: (seen: Buffer) => Absorbed<Result>;
  /** Makes the error for a stream that ended too early. */
  readonly lost: (how: Loss, cause: Error | null) => Error;
}

/**
 * Feeds `reader` until it has a result; the bytes behind it stay in the stream, which is paused.
 * Rejects with what the reader throws, what it makes of an early end, or the reason of the signal. Never ends the stream.
 */
export const absorb = <Result>(stream: Duplex, reader: Reader<Result>, cancel: Cancel): Promise<Result> =>
  new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0);

    const settle = (): void => {
      stream.pause();
      stream.off('data', onData).off('end', onEnd).off('close', onEnd);
      forget();
    };
    const refuse = (error: unknown): void => {
      settle();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const feed = (): void => {
      try {
        const { used, result } = reader.feed(seen);
        seen = seen.subarray(used);
        if (result === undefined) return;
        settle();
        if (seen.length > 0) stream.unshift(seen);
        resolve(result.value);
      } catch (thrown) {
        refuse(thrown);
      }
    };
    const onData = (chunk: Buffer): void => {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      feed();
    };
    const onEnd = (): void => {
      const cause = stream.errored;
      refuse(reader.lost(isReset(cause) ? 'reset' : 'closed', cause));
    };

    if (cancel.signal.aborted) {
      reject(reasonOf(cancel));
      return;
    }
    if (stream.destroyed || stream.readableEnded) {
      const cause = stream.errored;
      reject(reader.lost(isReset(cause) ? 'reset' : 'closed', cause));
      return;
    }
    const forget = whenAborted(cancel, () => {
      refuse(reasonOf(cancel));
    });
    stream.on('data', onData).on('end', onEnd).on('close', onEnd);
    feed();
    if (stream.listenerCount('data') > 0) stream.resume();
  });

const isReset = (cause: Error | null): boolean => cause !== null;
