/** Q32: keeps answers to those who are logged in, and gives them to all */

import type { Animal } from '../animal.js';
import { createCache } from '../core/cache.js';
import { valueOf } from '../core/requests.js';
import { openProxy } from '../core/proxy.js';

export const q32: Animal = {
  id: 'Q32',
  about: 'keeps answers to those who are logged in, and gives them to all',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H12'],
  open: (world) =>
    openProxy(
      world,
      ['http'],
      createCache({
        keyOf: ({ host, path }) => `${host}${path}`,
        answers: ({ method, fields }) => method === 'GET' && valueOf(fields, 'authorization') !== undefined,
      }),
    ),
};
