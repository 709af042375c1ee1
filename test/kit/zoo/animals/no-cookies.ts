/** P16: takes cookies and referers away */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p16: Animal = {
  id: 'P16',
  about: 'takes cookies and referers away',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H04'],
  open: (world) =>
    openProxy(world, ['http'], { fields: (lines) => lines.filter((line) => !/^(?:cookie|referer):/i.test(line)) }),
};
