/** Q02: names the client only with uploads */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const q02: Animal = {
  id: 'Q02',
  about: 'names the client only with uploads',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H20'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client, method }) => (method === 'POST' ? [...lines, `X-Real-IP: ${client}`] : lines),
    }),
};
