/** P26: sets a cookie of its own */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Passage, Whole } from '../core/behaviour.js';

const followed = (answer: Whole, { connection }: Passage): Whole => ({
  ...answer,
  fields: [...answer.fields, { name: 'Set-Cookie', value: `uid=${connection}; Max-Age=31536000` }],
});

export const p26: Animal = {
  id: 'P26',
  about: 'sets a cookie of its own',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H07'],
  open: (world) => openProxy(world, ['http'], { response: followed }),
};
