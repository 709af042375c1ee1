/** Many clients at once: random sessions of every kind, some of which fail and some of which stay open. */

import type { Socket } from 'node:net';
import { ask, clientProtocols } from './clients.js';
import { hear } from './ear.js';
import type { Target } from './target.js';

/** Where the crowd goes. */
export interface Ground {
  readonly port: number;
  readonly target: Target;
}

/** A reproducible source of numbers from 0 to 1. */
export const createDice = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Runs so many sessions, a few at a time; gives the sockets of those that are still open. */
export const runCrowd = async (ground: Ground, count: number, dice: () => number): Promise<readonly Socket[]> => {
  const open: Socket[] = [];
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const stays = left % 100 === 0;
      const socket = await runOne(ground, dice, stays ? 0 : dice());
      if (stays) open.push(socket);
      else socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return open;
};

/** One session: most speak a little with the target, the rest ask for what is refused. */
const runOne = async ({ port, target }: Ground, dice: () => number, kind: number): Promise<Socket> => {
  const protocol = clientProtocols[Math.floor(dice() * clientProtocols.length)] ?? 'socks5';
  const login = protocol === 'socks4' ? {} : { login: { user: `user${Math.floor(dice() * 5)}`, password: '' } };
  const host = protocol === 'socks4' ? '127.0.0.1' : 'target.test';
  const { socket } = await ask(port, { protocol, target: `${host}:${kind < 0.8 ? target.port : 25}`, ...login });
  if (kind >= 0.8) return socket;
  const words = Buffer.alloc(1 + Math.floor(dice() * 5_000), 'x');
  socket.write(words);
  await hear(socket, words.length);
  return socket;
};
