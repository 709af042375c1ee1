/** Q31: opens TLS that offers no other protocol, as older programs do */

import type { Animal } from '../animal.js';
import { certificateFor } from '../core/certificate.js';
import { openProxy } from '../core/proxy.js';

export const q31: Animal = {
  id: 'Q31',
  about: 'opens TLS that offers no other protocol, as older programs do',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T13'],
  open: (world) =>
    openProxy(world, ['http'], {
      opens: () => ({ ...certificateFor({ subject: '/CN=old.invalid' }), alpn: ['http/1.1'] }),
      spares: (hello) => hello.includes('http/1.1'),
    }),
};
