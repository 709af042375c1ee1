/** B10: is honest, and its exit has a name with the word proxy in it */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const b10: Animal = {
  id: 'B10',
  about: 'is honest, and its exit has a name with the word proxy in it',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], {}),
};
