/** Q38: changes amounts in forms that are sent */

import type { Animal } from '../animal.js';
import type { Passage } from '../core/behaviour.js';
import { valueOf } from '../core/requests.js';
import { openProxy } from '../core/proxy.js';

const changed = (bytes: Buffer, { fields }: Passage): Buffer =>
  (valueOf(fields, 'content-type') ?? '').includes('form-urlencoded')
    ? Buffer.from(bytes.toString('latin1').replace(/amount=\d/, 'amount=9'), 'latin1')
    : bytes;

export const q38: Animal = {
  id: 'Q38',
  about: 'changes amounts in forms that are sent',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H20'],
  open: (world) => openProxy(world, ['http'], { upload: changed }),
};
