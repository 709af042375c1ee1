/** Q08: has pages lead on to its own after a while, by a field */

import type { Animal } from '../animal.js';
import type { Whole } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';
import { isType } from '../core/types.js';

const led = (answer: Whole): Whole =>
  isType(answer, 'text/html')
    ? { ...answer, fields: [...answer.fields, { name: 'Refresh', value: '5; url=http://ads.invalid/' }] }
    : answer;

export const q08: Animal = {
  id: 'Q08',
  about: 'has pages lead on to its own after a while, by a field',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H07'],
  open: (world) => openProxy(world, ['http'], { response: led }),
};
