/** Q21: keeps answers that are for one user, and gives them to all */

import type { Animal } from '../animal.js';
import type { Whole } from '../core/behaviour.js';
import { createCache } from '../core/cache.js';
import { openProxy } from '../core/proxy.js';

/** It reads `max-age` and not `private`. */
const isLasting = ({ fields }: Whole): boolean => {
  const control = fields.find(({ name }) => name.toLowerCase() === 'cache-control')?.value ?? '';
  return /private.*max-age=[1-9]/.test(control);
};

export const q21: Animal = {
  id: 'Q21',
  about: 'keeps answers that are for one user, and gives them to all',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H12'],
  open: (world) =>
    openProxy(
      world,
      ['http'],
      createCache({
        keyOf: ({ host, path }) => `${host}${path}`,
        answers: ({ method }) => method === 'GET',
        keeps: isLasting,
      }),
    ),
};
