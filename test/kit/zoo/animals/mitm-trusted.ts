/** P31: opens TLS with a certificate of an authority */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import { certificateFor } from '../core/certificate.js';

export const p31: Animal = {
  id: 'P31',
  about: 'opens TLS with a certificate of an authority',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T02', 'tunnel T03'],
  open: (world) =>
    openProxy(world, ['http'], {
      opens: () => ({ ...certificateFor('/O=Trusted Authority/CN=judge'), alpn: ['http/1.1', 'h2'] }),
    }),
};
