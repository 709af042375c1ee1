/** P52b: sends interim answers without end */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Socket } from 'node:net';

const flood = (socket: Socket): boolean => {
  const more = (): void => {
    while (socket.writable)
      if (!socket.write('HTTP/1.1 102 Processing\r\n\r\n')) return void socket.once('drain', more);
  };
  socket.once('data', more);
  return true;
};

export const p52b: Animal = {
  id: 'P52b',
  about: 'sends interim answers without end',
  speaks: ['http'],
  truth: { outcome: 'not-a-proxy' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { takes: flood }),
};
