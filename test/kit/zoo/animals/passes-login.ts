/** P15: passes on what is meant for itself */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p15: Animal = {
  id: 'P15',
  about: 'passes on what is meant for itself',
  speaks: ['http'],
  truth: { forward: 'anonymous', tunnel: 'exact' },
  fires: ['forward H19'],
  open: (world) => openProxy(world, ['http'], { keepsHopFields: true }),
};
