/** Gives an accepted socket a lane: what `net.connect({ onread })` sets up, and `net.createServer` has no option for. */

import type { Socket } from 'node:net';
import type { Lane } from './lane.js';

/**
 * From now on the socket reads into the lane, for good: what `onread` does in Node's constructor (lib/net.js, the same
 * from Node 20 to 24), done later. False, and nothing has changed, where this Node keeps it in another way.
 */
export const takeOver = (socket: Socket, { onread }: Lane): boolean => {
  const handle: unknown = Reflect.get(socket, '_handle');
  const [buffer, makeBuffer, callback] = ['kBuffer', 'kBufferGen', 'kBufferCb'].map((name) => keyOf(socket, name));
  if (!readsIntoBuffers(handle) || buffer === undefined || makeBuffer === undefined || callback === undefined) {
    return false;
  }
  const first = onread.buffer();
  Reflect.set(socket, buffer, first);
  Reflect.set(socket, makeBuffer, onread.buffer);
  Reflect.set(socket, callback, onread.callback);
  handle.useUserBuffer(first);
  return true;
};

/** A field of the socket that Node has named with a symbol of its own, while nothing is in it. */
const keyOf = (socket: Socket, name: string): symbol | undefined =>
  Object.getOwnPropertySymbols(socket).find((key) => key.description === name && Reflect.get(socket, key) === null);

const readsIntoBuffers = (handle: unknown): handle is { readonly useUserBuffer: (buffer: Buffer) => void } =>
  typeof handle === 'object' &&
  handle !== null &&
  'useUserBuffer' in handle &&
  typeof handle.useUserBuffer === 'function';
