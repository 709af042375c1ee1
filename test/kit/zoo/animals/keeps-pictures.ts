/** Q36: keeps pictures, whatever the site says */

import type { Animal } from '../animal.js';
import { createCache } from '../core/cache.js';
import { isType } from '../core/types.js';
import { openProxy } from '../core/proxy.js';

export const q36: Animal = {
  id: 'Q36',
  about: 'keeps pictures, whatever the site says',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H10'],
  open: (world) =>
    openProxy(
      world,
      ['http'],
      createCache({
        keyOf: ({ host, port, path }) => `${host}:${port}${path}`,
        answers: ({ method }) => method === 'GET',
        keeps: (answer) => isType(answer, 'image/'),
      }),
    ),
};
