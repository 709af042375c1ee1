/** B08: turns answers with a length into chunks */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Whole } from '../core/behaviour.js';

const inChunks = (answer: Whole): Whole =>
  answer.body.length === 0
    ? answer
    : {
        ...answer,
        fields: answer.fields.map((field) =>
          field.name.toLowerCase() === 'content-length' ? { name: 'Transfer-Encoding', value: 'chunked' } : field,
        ),
      };

export const b08: Animal = {
  id: 'B08',
  about: 'turns answers with a length into chunks',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { response: inChunks }),
};
