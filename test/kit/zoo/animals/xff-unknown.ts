/** P02: writes unknown into X-Forwarded-For */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p02: Animal = {
  id: 'P02',
  about: 'writes unknown into X-Forwarded-For',
  speaks: ['http'],
  truth: { forward: 'anonymous', tunnel: 'exact' },
  fires: ['forward H03'],
  open: (world) => openProxy(world, ['http'], { fields: (lines) => [...lines, 'X-Forwarded-For: unknown'] }),
};
