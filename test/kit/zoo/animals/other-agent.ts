/** P17: writes another user agent */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p17: Animal = {
  id: 'P17',
  about: 'writes another user agent',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H04'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines) => lines.map((line) => (/^user-agent:/i.test(line) ? 'User-Agent: Mozilla/4.0' : line)),
    }),
};
