/** B07: packs answers again where packing was offered, with the same content */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import { gzipSync } from 'node:zlib';
import type { Passage, Whole } from '../core/behaviour.js';
import { valueOf } from '../core/requests.js';

const packed = (answer: Whole, { fields }: Passage): Whole =>
  (valueOf(fields, 'accept-encoding') ?? '').includes('gzip') && answer.body.length > 0
    ? {
        ...answer,
        body: gzipSync(answer.body),
        fields: [...answer.fields, { name: 'Content-Encoding', value: 'gzip' }],
      }
    : answer;

export const b07: Animal = {
  id: 'B07',
  about: 'packs answers again where packing was offered, with the same content',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { response: packed }),
};
