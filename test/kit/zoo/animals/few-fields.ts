/** P18: passes three fields on */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p18: Animal = {
  id: 'P18',
  about: 'passes three fields on',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H04'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines) =>
        lines.filter((line) => /^(?:host|accept|user-agent|content-length|transfer-encoding):/i.test(line)),
    }),
};
