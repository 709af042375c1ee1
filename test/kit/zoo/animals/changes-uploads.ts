/** Q16: changes a letter in what is uploaded */

import type { Animal } from '../animal.js';
import type { Passage } from '../core/behaviour.js';
import { valueOf } from '../core/requests.js';
import { openProxy } from '../core/proxy.js';

/** Only where the length says where the content is. */
const changed = (bytes: Buffer, { fields }: Passage): Buffer =>
  valueOf(fields, 'content-length') === undefined
    ? bytes
    : Buffer.from(bytes.toString('latin1').replaceAll('a', 'b'), 'latin1');

export const q16: Animal = {
  id: 'Q16',
  about: 'changes a letter in what is uploaded',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H15'],
  open: (world) => openProxy(world, ['http'], { upload: changed }),
};
