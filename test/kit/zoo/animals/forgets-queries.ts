/** Q37: keeps what may be kept, and takes no notice of what stands behind a question mark */

import type { Animal } from '../animal.js';
import type { Whole } from '../core/behaviour.js';
import { createCache } from '../core/cache.js';
import { valueOf } from '../core/requests.js';
import { openProxy } from '../core/proxy.js';

const mayBeKept = ({ fields }: Whole): boolean => /^public, max-age=[1-9]/.test(valueOf(fields, 'cache-control') ?? '');

export const q37: Animal = {
  id: 'Q37',
  about: 'keeps what may be kept, and takes no notice of what stands behind a question mark',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H12'],
  open: (world) =>
    openProxy(
      world,
      ['http'],
      createCache({
        keyOf: ({ host, port, path }) => `${host}:${port}${path.replace(/\?.*/, '')}`,
        answers: ({ method, fields }) => method === 'GET' && valueOf(fields, 'authorization') === undefined,
        keeps: mayBeKept,
      }),
    ),
};
