/** P35: ends both directions of a tunnel with one of them */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p35: Animal = {
  id: 'P35',
  about: 'ends both directions of a tunnel with one of them',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { breaksHalfClose: true }),
};
