/** Q33: opens TLS only where a tunnel is asked for by name */

import { isIP } from 'node:net';
import type { Animal } from '../animal.js';
import { certificateFor } from '../core/certificate.js';
import { openProxy } from '../core/proxy.js';

export const q33: Animal = {
  id: 'Q33',
  about: 'opens TLS only where a tunnel is asked for by name',
  speaks: ['http', 'socks5h'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T13'],
  open: (world) =>
    openProxy(world, ['http', 'socks5h'], {
      opens: () => ({ ...certificateFor({ subject: '/CN=named.invalid' }), alpn: ['http/1.1'] }),
      spares: (_hello, host) => isIP(host) !== 0,
    }),
};
