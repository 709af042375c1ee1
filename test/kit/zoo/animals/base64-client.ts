/** P08: writes the client in base64 into a comment of Via */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p08: Animal = {
  id: 'P08',
  about: 'writes the client in base64 into a comment of Via',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) => [...lines, `Via: 1.1 gw (${Buffer.from(client).toString('base64')})`],
    }),
};
