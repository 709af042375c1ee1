/** P07: writes the client in hexadecimal into a field of its own */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

const inHex = (address: string): string => Buffer.from(address.split('.').map(Number)).toString('hex');

export const p07: Animal = {
  id: 'P07',
  about: 'writes the client in hexadecimal into a field of its own',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], { fields: (lines, { client }) => [...lines, `X-Node-Ref: ${inHex(client)}`] }),
};
