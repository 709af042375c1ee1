/** B08: turns answers with a length into chunks, and answers in chunks into ones with a length */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Passage, Whole } from '../core/behaviour.js';

const reframed = (answer: Whole, { method }: Passage): Whole =>
  answer.body.length === 0 || method === 'HEAD'
    ? answer
    : {
        ...answer,
        fields: answer.fields.map((field) => {
          if (field.name.toLowerCase() === 'content-length') return { name: 'Transfer-Encoding', value: 'chunked' };
          if (field.name.toLowerCase() !== 'transfer-encoding' || (answer.trailers ?? []).length > 0) return field;
          return { name: 'Content-Length', value: String(answer.body.length) };
        }),
      };

export const b08: Animal = {
  id: 'B08',
  about: 'turns answers with a length into chunks, and answers in chunks into ones with a length',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { response: reframed }),
};
