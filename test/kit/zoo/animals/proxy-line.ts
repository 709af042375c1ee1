/** P12: says a line of the PROXY protocol before the request */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p12: Animal = {
  id: 'P12',
  about: 'says a line of the PROXY protocol before the request',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], { preamble: ({ client, exit }) => `PROXY TCP4 ${client} ${exit} 40123 80\r\n` }),
};
