/** P32: opens TLS with a certificate that looks like the right one, without h2 */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import { certificateFor } from '../core/certificate.js';

export const p32: Animal = {
  id: 'P32',
  about: 'opens TLS with a certificate that looks like the right one, without h2',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T02', 'tunnel T03'],
  open: (world) =>
    openProxy(world, ['http'], { opens: () => ({ ...certificateFor('/CN=kaskade judge'), alpn: ['http/1.1'] }) }),
};
