/** P52a: sends a header of 100 MB */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Socket } from 'node:net';

const piece = Buffer.from(`X-Filler: ${'a'.repeat(65_000)}\r\n`);

const flood = (socket: Socket): boolean => {
  let left = 1_600;
  const more = (): void => {
    while (left > 0 && socket.writable) {
      left -= 1;
      if (!socket.write(piece)) return void socket.once('drain', more);
    }
    socket.end();
  };
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\n');
    more();
  });
  return true;
};

export const p52a: Animal = {
  id: 'P52a',
  about: 'sends a header of 100 MB',
  speaks: ['http'],
  truth: { outcome: 'not-a-proxy' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { takes: flood }),
};
