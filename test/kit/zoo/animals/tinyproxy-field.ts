/** P06: writes the client into a field that no list has */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p06: Animal = {
  id: 'P06',
  about: 'writes the client into a field that no list has',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) => openProxy(world, ['http'], { fields: (lines, { client }) => [...lines, `X-Tinyproxy: ${client}`] }),
};
