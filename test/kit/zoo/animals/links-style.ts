/** Q09: has browsers load a style sheet of its own, by a field */

import type { Animal } from '../animal.js';
import type { Whole } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';
import { isType } from '../core/types.js';

const link = { name: 'Link', value: '<http://ads.invalid/a.css>; rel="stylesheet"' };

const linked = (answer: Whole): Whole =>
  isType(answer, 'application/javascript') ? { ...answer, fields: [...answer.fields, link] } : answer;

export const q09: Animal = {
  id: 'Q09',
  about: 'has browsers load a style sheet of its own, by a field',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H07'],
  open: (world) => openProxy(world, ['http'], { response: linked }),
};
