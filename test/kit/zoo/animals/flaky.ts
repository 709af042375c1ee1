/** B15: leaves three of ten connections without an answer */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const b15: Animal = {
  id: 'B15',
  about: 'leaves three of ten connections without an answer',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { takes: (_socket, random) => random() < 0.3 }),
};
