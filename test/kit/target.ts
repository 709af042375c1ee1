/** Targets of test sessions: small TCP servers with one habit each, which remember who came and what they got. */

import { type Hash, createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { type TestDoor, linkAt, openDoor } from './door.js';
import { isReset } from './ear.js';

/** One connection to a target. */
export interface Call {
  /** The connection that it came by (see `linkAt`). */
  readonly link: string;
  readonly socket: Socket;
  received: number;
  readonly hash: Hash;
  /** How the client's direction ended. */
  ended?: 'end' | 'reset';
}

/** A running target. */
export interface Target extends TestDoor {
  /** How clients name it: a name that only the last hop can make sense of. */
  readonly name: string;
  readonly calls: readonly Call[];
  /** Resolves with the nth connection, counted from 0, once it is there. */
  readonly call: (index: number) => Promise<Call>;
}

/** What a target does with a connection. */
export type Habit = (call: Call) => void;

/** Opens a target on an address of loopback. */
export const openTarget = async (habit: Habit, address = '127.0.0.1'): Promise<Target> => {
  const calls: Call[] = [];
  const waiting = new Map<number, (call: Call) => void>();
  const door = await openDoor((socket) => {
    const call: Call = { link: linkAt(socket), socket, received: 0, hash: createHash('sha256') };
    socket.on('close', () => {
      call.ended ??= socket.errored === null && socket.readableEnded ? 'end' : 'reset';
    });
    socket.on('end', () => {
      call.ended ??= isReset(socket) ? 'reset' : 'end';
    });
    calls.push(call);
    habit(call);
    waiting.get(calls.length - 1)?.(call);
  }, address);
  return {
    ...door,
    name: `target.test:${door.port}`,
    calls,
    call: (index) =>
      new Promise((resolve) => {
        const known = calls[index];
        if (known === undefined) waiting.set(index, resolve);
        else resolve(known);
      }),
  };
};

/** Sends back what it gets, and ends when the client does. */
export const echo: Habit = ({ socket }) => {
  socket.pipe(socket);
};

/** Speaks first, and then sends back what it gets. */
export const banner =
  (text: string): Habit =>
  (call) => {
    call.socket.write(text);
    echo(call);
  };

/** Takes everything; answers with the hash and the count of it when the client has finished. */
export const summary: Habit = (call) => {
  count(call);
  call.socket.on('end', () => {
    call.socket.end(`${call.hash.copy().digest('hex')} ${call.received}`);
  });
};

/** Takes everything and never ends. */
export const sink: Habit = (call) => {
  count(call);
};

/** Sends so many bytes of the pattern, and ends; takes what comes. */
export const source =
  (seed: number, size: number): Habit =>
  (call) => {
    count(call);
    pour(call.socket, seed, size);
  };

/** Waits for a word, sends so many bytes and resets the connection. */
export const resetAfter =
  (size: number): Habit =>
  ({ socket }) => {
    socket.once('data', () => {
      if (size === 0) socket.resetAndDestroy();
      else socket.write(patternBytes(1, size), () => socket.resetAndDestroy());
    });
  };

const count = (call: Call): void => {
  call.socket.on('data', (chunk: Buffer) => {
    call.received += chunk.length;
    call.hash.update(chunk);
  });
};

/** A block of bytes that no other seed gives; its length is prime, so that no buffer size hides a mix-up. */
const patternBlock = (seed: number): Buffer => {
  const block = Buffer.allocUnsafe(65_521);
  let state = (seed + 1) * 0x9e3779b1;
  for (let at = 0; at < block.length; at += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    block[at] = state >>> 24;
  }
  return block;
};

/** The first `size` bytes of the pattern of a seed. */
export const patternBytes = (seed: number, size: number): Buffer => {
  const block = patternBlock(seed);
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at += block.length) block.copy(bytes, at, 0, Math.min(block.length, size - at));
  return bytes;
};

/** Writes so many bytes of the pattern, with back-pressure, and ends. */
export const pour = (socket: Socket, seed: number, size: number): void => {
  const block = patternBlock(seed);
  let left = size;
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      const piece = block.subarray(0, Math.min(left, block.length));
      left -= piece.length;
      if (!socket.write(piece)) return;
    }
    if (left === 0) socket.end();
  };
  socket.on('drain', more);
  more();
};

/** The sha256 of the pattern. */
export const patternHash = (seed: number, size: number): string => {
  const block = patternBlock(seed);
  const hash = createHash('sha256');
  for (let left = size; left > 0; left -= block.length) hash.update(block.subarray(0, Math.min(left, block.length)));
  return hash.digest('hex');
};
