/** P04: writes the client into Forwarded, in quotes and with a port, mapped to IPv6 */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p04: Animal = {
  id: 'P04',
  about: 'writes the client into Forwarded, in quotes and with a port, mapped to IPv6',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) => [...lines, `Forwarded: for="[::ffff:${client}]:40123";proto=http`],
    }),
};
