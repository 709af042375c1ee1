/** Q30: takes the offer of TLS out of what mail servers say */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

const hidden = (bytes: Buffer): Buffer =>
  bytes.includes('STARTTLS')
    ? Buffer.from(bytes.toString('latin1').replaceAll('STARTTLS', 'XXXXXXXX'), 'latin1')
    : bytes;

export const q30: Animal = {
  id: 'Q30',
  about: 'takes the offer of TLS out of what mail servers say',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T09'],
  open: (world) => openProxy(world, ['http'], { down: () => hidden }),
};
