/** Q15: opens TLS from the third connection on */

import type { Animal } from '../animal.js';
import { certificateFor } from '../core/certificate.js';
import { openProxy } from '../core/proxy.js';

export const q15: Animal = {
  id: 'Q15',
  about: 'opens TLS from the third connection on',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T13'],
  open: (world) => {
    let seen = 0;
    return openProxy(world, ['http'], {
      opens: () => ({ ...certificateFor({ subject: '/CN=later.invalid' }), alpn: ['http/1.1'] }),
      spares: () => (seen += 1) <= 2,
    });
  },
};
