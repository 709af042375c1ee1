/** Q24: writes the client into a field with every byte masked */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

const masked = (text: string): string =>
  Buffer.from(Buffer.from(text, 'latin1').map((byte) => byte ^ 0x5a)).toString('hex');

export const q24: Animal = {
  id: 'Q24',
  about: 'writes the client into a field with every byte masked',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02'],
  open: (world) =>
    openProxy(world, ['http'], { fields: (lines, { client }) => [...lines, `X-Trace: ${masked(client)}`] }),
};
