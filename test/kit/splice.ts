/** The honest middle of a scripted proxy: bytes both ways, half-close and reset passed on, and at most one way of breaking off. */

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isReset } from './ear.js';
import { type Fault, finish } from './faults.js';

/** The side of a proxy that its client is on; `raw` is the TCP connection under `stream`. */
export interface Near {
  readonly stream: Duplex;
  readonly raw: Socket;
}

/** Relays until both directions have ended. */
export const splice = (near: Near, onward: Socket, fault: Fault | undefined): void => {
  const { stream, raw } = near;
  raw.on('close', () => {
    if (isBroken(stream) || raw.errored !== null) onward.resetAndDestroy();
  });
  onward.on('close', () => {
    if (isBroken(onward)) raw.resetAndDestroy();
  });
  pump(near, onward);
  if (fault?.play === 'break') pumpUntilBroken(onward, near, fault);
  else pump({ stream: onward, raw: onward }, stream);
};

const isBroken = (stream: Duplex): boolean => stream.errored !== null || !stream.readableEnded;

const pump = ({ stream, raw }: Near, to: Duplex): void => {
  stream.on('data', (chunk: Buffer) => {
    if (!to.write(chunk)) stream.pause();
  });
  to.on('drain', () => stream.resume());
  const onEnd = (): void => {
    if (stream.writable && isReset(raw)) stream.destroy();
    else to.end();
  };
  if (stream.readableEnded) onEnd();
  else stream.on('end', onEnd);
};

const pumpUntilBroken = (
  onward: Socket,
  { stream, raw }: Near,
  { after, how }: Extract<Fault, { play: 'break' }>,
): void => {
  let left = after;
  raw.on('close', () => onward.destroy());
  onward.on('data', (chunk: Buffer) => {
    const last = chunk.subarray(0, left);
    left -= last.length;
    if (left > 0) {
      stream.write(last);
      return;
    }
    onward.pause();
    if (how === 'stall') stream.write(last);
    else finish(stream, raw, { last, how });
  });
};
