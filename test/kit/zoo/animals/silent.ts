/** P48: accepts and never says anything */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p48: Animal = {
  id: 'P48',
  about: 'accepts and never says anything',
  speaks: ['http'],
  truth: { outcome: 'dead' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { takes: (socket) => socket.resume() === socket }),
};
