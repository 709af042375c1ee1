/** Q03: writes a hash of the client, as shells make it, into a field */

import { createHash } from 'node:crypto';
import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

const hashOf = (client: string): string => createHash('md5').update(`${client}\n`).digest('hex');

export const q03: Animal = {
  id: 'Q03',
  about: 'writes a hash of the client, as shells make it, into a field',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) => [...lines, `X-Visitor: ${hashOf(client)}`],
    }),
};
