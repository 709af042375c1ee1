/** P37: gives everybody the first answer of a site */

import type { Animal } from '../animal.js';
import { createCache } from '../core/cache.js';
import { openProxy } from '../core/proxy.js';

export const p37: Animal = {
  id: 'P37',
  about: 'gives everybody the first answer of a site',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H06'],
  open: (world) => openProxy(world, ['http'], createCache({ keyOf: ({ host }) => host })),
};
