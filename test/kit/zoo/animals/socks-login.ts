/** P47: wants a login by SOCKS5 */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p47: Animal = {
  id: 'P47',
  about: 'wants a login by SOCKS5',
  speaks: ['socks5h'],
  truth: { outcome: 'needs-auth' },
  fires: [],
  open: (world) => openProxy(world, ['socks5h'], { login: true }),
};
