/** P19: asks in HTTP/1.0 and ends connections */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p19: Animal = {
  id: 'P19',
  about: 'asks in HTTP/1.0 and ends connections',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H05'],
  open: (world) =>
    openProxy(world, ['http'], {
      requestLine: (line) => line.replace(/1\.1$/, '1.0'),
      fields: (lines) => lines.filter((line) => !/^connection:/i.test(line)),
    }),
};
