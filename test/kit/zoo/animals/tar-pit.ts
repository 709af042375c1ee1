/** P51: says a byte every ten seconds */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Socket } from 'node:net';

const drip = (socket: Socket): boolean => {
  socket.resume();
  socket.write('H');
  const timer = setInterval(() => socket.write('T'), 10_000);
  socket.once('close', () => clearInterval(timer));
  return true;
};

export const p51: Animal = {
  id: 'P51',
  about: 'says a byte every ten seconds',
  speaks: ['http'],
  truth: { outcome: 'dead' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { takes: drip }),
};
