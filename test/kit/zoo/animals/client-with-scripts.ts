/** Q01: names the client only where a script is asked for */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const q01: Animal = {
  id: 'Q01',
  about: 'names the client only where a script is asked for',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client, path }) => (path.endsWith('.js') ? [...lines, `X-Real-IP: ${client}`] : lines),
    }),
};
