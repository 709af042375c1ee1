/** B13: speaks HTTP and SOCKS5 on one port */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const b13: Animal = {
  id: 'B13',
  about: 'speaks HTTP and SOCKS5 on one port',
  control: true,
  speaks: ['http', 'socks5h'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http', 'socks5h'], {}),
};
