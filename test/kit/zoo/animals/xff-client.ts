/** P01: writes the client into X-Forwarded-For */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p01: Animal = {
  id: 'P01',
  about: 'writes the client into X-Forwarded-For',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], { fields: (lines, { client }) => [...lines, `X-Forwarded-For: ${client}`] }),
};
