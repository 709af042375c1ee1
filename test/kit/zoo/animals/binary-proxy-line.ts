/** Q07: says the binary form of the PROXY protocol before the request */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

/** Version 2, for TCP over IPv4. */
const headerOf = (client: string, exit: string): Buffer =>
  Buffer.concat([
    Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'),
    ...[client, exit].map((address) => Buffer.from(address.split('.').map(Number))),
    Buffer.from('9cbb0050', 'hex'),
  ]);

export const q07: Animal = {
  id: 'Q07',
  about: 'says the binary form of the PROXY protocol before the request',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) => openProxy(world, ['http'], { preamble: ({ client, exit }) => headerOf(client, exit) }),
};
