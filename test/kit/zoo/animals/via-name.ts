/** P13: writes a private name into Via */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p13: Animal = {
  id: 'P13',
  about: 'writes a private name into Via',
  speaks: ['http'],
  truth: { forward: 'anonymous', tunnel: 'exact' },
  fires: ['forward H03'],
  open: (world) =>
    openProxy(world, ['http'], { fields: (lines) => [...lines, 'Via: 1.1 cache3.corp.lan (squid/5.7)'] }),
};
