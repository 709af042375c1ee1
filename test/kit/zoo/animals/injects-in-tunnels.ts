/** P33: writes the client into what goes through tunnels in clear */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p33: Animal = {
  id: 'P33',
  about: 'writes the client into what goes through tunnels in clear',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'transparent' },
  fires: ['tunnel H02'],
  open: (world) =>
    openProxy(world, ['http'], {
      inTunnels: true,
      fields: (lines, { client }) => [...lines, `X-Forwarded-For: ${client}`],
    }),
};
