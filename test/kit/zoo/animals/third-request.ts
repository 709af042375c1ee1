/** Q13: names the client from the third request of a connection on */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const q13: Animal = {
  id: 'Q13',
  about: 'names the client from the third request of a connection on',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward C05'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client, request }) => (request > 2 ? [...lines, `X-Forwarded-For: ${client}`] : lines),
    }),
};
