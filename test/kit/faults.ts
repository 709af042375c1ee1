/** What a scripted proxy may do wrong, and the mouth through which it does so. */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The answers of a proxy, in the order in which they are given. */
export type Stage = 'greeting' | 'auth' | 'request';

/** How a connection is ended. */
export type How = 'fin' | 'rst';

/** What follows when a wrong answer was given. */
export type Then = 'hold' | How;

/** One thing to do wrong; a proxy without a fault is an honest one. */
export type Fault =
  /** Answers with `bytes` at a stage, and reaches nothing. */
  | { readonly play: 'answer'; readonly at: Stage; readonly bytes: Buffer; readonly then: Then }
  /** Ends the connection after so many bytes of all its answers. */
  | { readonly play: 'cut'; readonly after: number; readonly how: How }
  /** Never answers at a stage; at `accept` it says nothing at all, not even TLS. */
  | { readonly play: 'silence'; readonly at: Stage | 'accept' }
  /** Loses what has come behind the question of a stage, as a program does that reads it with one call. */
  | { readonly play: 'forget'; readonly at: Stage }
  /** Answers one byte at a time. */
  | { readonly play: 'drip'; readonly every: number }
  /** Begins the answer with `bytes`, and then repeats `filler` without end. */
  | { readonly play: 'endless'; readonly at: Stage; readonly bytes: Buffer; readonly filler: Buffer }
  /** Sends bytes in the same segment as its last answer. */
  | { readonly play: 'tail'; readonly bytes: Buffer }
  /** Relays so many bytes towards the client, and then ends or stands still. */
  | { readonly play: 'break'; readonly after: number; readonly how: How | 'stall' };

/** A proxy's voice: tells whether the proxy is to go on as if nothing was. */
export type Mouth = (stage: Stage, bytes: Buffer) => Promise<boolean>;

/** A voice on `stream` that plays the fault; `raw` is the TCP connection under it. */
export const createMouth = (stream: Duplex, raw: Socket, fault: Fault | undefined): Mouth => {
  let said = 0;
  const cut = (bytes: Buffer, { after, how }: { readonly after: number; readonly how: How }): boolean => {
    if (said + bytes.length <= after && bytes.length > 0) stream.write(bytes);
    else finish(stream, raw, { last: bytes.subarray(0, Math.max(0, after - said)), how });
    said += bytes.length;
    return said <= after;
  };
  return async (stage, bytes) => {
    switch (fault?.play) {
      case 'answer':
        if (fault.at !== stage) break;
        if (fault.then === 'hold') stream.write(fault.bytes);
        else finish(stream, raw, { last: fault.bytes, how: fault.then });
        return false;
      case 'cut':
        return cut(bytes, fault);
      case 'silence':
        if (fault.at === stage) return false;
        break;
      case 'endless':
        if (fault.at !== stage) break;
        stream.write(fault.bytes);
        await pour(stream, fault.filler);
        return false;
      case 'drip':
        await drip(stream, bytes, fault.every);
        return !stream.destroyed;
      case 'tail':
        stream.write(stage === 'request' ? Buffer.concat([bytes, fault.bytes]) : bytes);
        return true;
      case 'forget':
        if (fault.at === stage) stream.read();
        break;
      case 'break':
      case undefined:
    }
    stream.write(bytes);
    return true;
  };
};

/** Sends the last bytes and ends the connection; a reset leaves when they are on their way. */
export const finish = (
  stream: Duplex,
  raw: Socket,
  { last, how }: { readonly last: Buffer; readonly how: How },
): void => {
  if (how === 'fin') {
    stream.end(last);
    return;
  }
  if (last.length === 0) raw.resetAndDestroy();
  else stream.write(last, () => raw.resetAndDestroy());
};

const pour = (stream: Duplex, filler: Buffer): Promise<void> =>
  new Promise((resolve) => {
    const more = (): void => {
      while (!stream.destroyed && stream.write(filler));
    };
    stream.on('drain', more).on('close', resolve);
    more();
  });

const drip = (stream: Duplex, bytes: Buffer, every: number): Promise<void> =>
  new Promise((resolve) => {
    let at = 0;
    const timer = setInterval(() => {
      stream.write(bytes.subarray(at, at + 1));
      at += 1;
      if (at >= bytes.length) stop();
    }, every);
    const stop = (): void => {
      clearInterval(timer);
      stream.off('close', stop);
      resolve();
    };
    stream.on('close', stop);
  });
