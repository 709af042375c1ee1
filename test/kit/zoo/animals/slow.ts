/** B09: takes its time before every answer, and changes nothing */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const b09: Animal = {
  id: 'B09',
  about: 'takes its time before every answer, and changes nothing',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { delay: 150 }),
};
