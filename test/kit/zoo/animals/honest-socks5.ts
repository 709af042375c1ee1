/** B11: speaks SOCKS5 with names and both families of addresses */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const b11: Animal = {
  id: 'B11',
  about: 'speaks SOCKS5 with names and both families of addresses',
  control: true,
  speaks: ['socks5h'],
  truth: { tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['socks5h'], {}),
};
