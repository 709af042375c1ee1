/** Q12: sets a cookie of its own with pictures only */

import type { Animal } from '../animal.js';
import type { Passage, Whole } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';
import { isType } from '../core/types.js';

const followed = (answer: Whole, { connection }: Passage): Whole =>
  isType(answer, 'image/')
    ? { ...answer, fields: [...answer.fields, { name: 'Set-Cookie', value: `uid=${connection}; Max-Age=31536000` }] }
    : answer;

export const q12: Animal = {
  id: 'Q12',
  about: 'sets a cookie of its own with pictures only',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H09'],
  open: (world) => openProxy(world, ['http'], { response: followed }),
};
