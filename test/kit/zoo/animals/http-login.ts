/** P46: wants a login by HTTP */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p46: Animal = {
  id: 'P46',
  about: 'wants a login by HTTP',
  speaks: ['http'],
  truth: { outcome: 'needs-auth' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { login: true }),
};
