/** P11: passes connections on with the address they came from */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p11: Animal = {
  id: 'P11',
  about: 'passes connections on with the address they came from',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'transparent' },
  fires: ['forward A03', 'tunnel A03'],
  open: (world) => openProxy(world, ['http'], { exit: () => world.client }),
};
