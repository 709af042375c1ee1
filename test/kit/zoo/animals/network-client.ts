/** P10: writes the network of the client */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p10: Animal = {
  id: 'P10',
  about: 'writes the network of the client',
  speaks: ['http'],
  truth: { forward: 'partial', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) => [...lines, `X-Client-Net: ${client.replace(/\d+$/, '0')}/24`],
    }),
};
