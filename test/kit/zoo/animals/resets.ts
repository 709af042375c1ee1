/** P49: resets every connection */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p49: Animal = {
  id: 'P49',
  about: 'resets every connection',
  speaks: ['http'],
  truth: { outcome: 'dead' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { takes: (socket) => socket.resetAndDestroy() === socket }),
};
