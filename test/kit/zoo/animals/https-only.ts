/** B14: opens tunnels to 443 only */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const b14: Animal = {
  id: 'B14',
  about: 'opens tunnels to 443 only',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) =>
    openProxy(world, ['http'], { refuses: (_host, port) => (world.secure.includes(port) ? undefined : 403) }),
};
