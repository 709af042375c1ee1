/** B06: goes out by another address than it listens on, in another network */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const b06: Animal = {
  id: 'B06',
  about: 'goes out by another address than it listens on, in another network',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { exit: (exit) => exit.replace(/^127\.40/, '127.50') }),
};
