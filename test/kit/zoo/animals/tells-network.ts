/** Q17: tells name servers the network of its client */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const q17: Animal = {
  id: 'Q17',
  about: 'tells name servers the network of its client',
  speaks: ['http', 'socks5h'],
  truth: { forward: 'partial', tunnel: 'partial' },
  fires: ['tunnel N01'],
  open: (world) => openProxy(world, ['http', 'socks5h'], { asksFor: (client) => client.replace(/\d+$/, '0/24') }),
};
