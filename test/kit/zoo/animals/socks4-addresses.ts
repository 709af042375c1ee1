/** B12: speaks SOCKS4 and takes addresses only */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const b12: Animal = {
  id: 'B12',
  about: 'speaks SOCKS4 and takes addresses only',
  control: true,
  speaks: ['socks4a'],
  truth: { tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['socks4a'], { noNames: true }),
};
