/** P30: opens TLS with a certificate of its own */

import type { Animal } from '../animal.js';
import { certificateFor } from '../core/certificate.js';
import { openProxy } from '../core/proxy.js';

export const p30: Animal = {
  id: 'P30',
  about: 'opens TLS with a certificate of its own',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T02', 'tunnel T03'],
  open: (world) =>
    openProxy(world, ['http'], {
      opens: () => ({ ...certificateFor({ subject: '/CN=proxy.invalid' }), alpn: ['http/1.1'] }),
    }),
};
