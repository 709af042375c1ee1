/** P09: writes the client’s address in its own network */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p09: Animal = {
  id: 'P09',
  about: 'writes the client’s address in its own network',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) => openProxy(world, ['http'], { fields: (lines) => [...lines, `X-Client-Host: ${world.lan}`] }),
};
