/** P05: writes the client into the fields of content networks */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

const fields = ['X-Real-IP', 'Client-IP', 'True-Client-IP', 'CF-Connecting-IP'];

export const p05: Animal = {
  id: 'P05',
  about: 'writes the client into the fields of content networks',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) => [...lines, ...fields.map((name) => `${name}: ${client}`)],
    }),
};
