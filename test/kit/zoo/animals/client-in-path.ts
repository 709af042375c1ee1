/** Q06: writes the client behind the path */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const q06: Animal = {
  id: 'Q06',
  about: 'writes the client behind the path',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02', 'forward H04'],
  open: (world) =>
    openProxy(world, ['http'], {
      requestLine: (line, { client }) => line.replace(/ HTTP\/1\.[01]$/, (end) => `?from=${client}${end}`),
    }),
};
