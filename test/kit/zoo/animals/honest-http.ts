/** B01: passes every byte on, in both modes */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const b01: Animal = {
  id: 'B01',
  about: 'passes every byte on, in both modes',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], {}),
};
