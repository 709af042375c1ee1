/** Q05: parts the client among four fields */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const q05: Animal = {
  id: 'Q05',
  about: 'parts the client among four fields',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) => [...lines, ...client.split('.').map((part, nth) => `X-P${nth}: ${part}`)],
    }),
};
