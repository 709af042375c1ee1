/** Q25: names the client where somebody is logged in */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const q25: Animal = {
  id: 'Q25',
  about: 'names the client where somebody is logged in',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H20'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) =>
        lines.some((line) => /^authorization:/i.test(line)) ? [...lines, `X-Real-IP: ${client}`] : lines,
    }),
};
