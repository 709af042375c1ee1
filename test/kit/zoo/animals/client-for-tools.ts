/** Q23: names the client where no browser asks */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const q23: Animal = {
  id: 'Q23',
  about: 'names the client where no browser asks',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward C02'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) =>
        lines.some((line) => /^user-agent: mozilla/i.test(line)) ? lines : [...lines, `X-Client: ${client}`],
    }),
};
