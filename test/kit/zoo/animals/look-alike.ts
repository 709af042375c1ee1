/** P14: writes an address that begins as the client’s does */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p14: Animal = {
  id: 'P14',
  about: 'writes an address that begins as the client’s does',
  speaks: ['http'],
  truth: { forward: 'distorting', tunnel: 'exact' },
  fires: ['forward H03'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) => [...lines, `X-Forwarded-For: ${client}${client.endsWith('1') ? '00' : '7'}`],
    }),
};
