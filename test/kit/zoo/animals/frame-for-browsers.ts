/** P21: puts a frame into pages, for browsers only */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Passage, Whole } from '../core/behaviour.js';
import { valueOf } from '../core/requests.js';
import { isType } from '../core/types.js';

const injected = (answer: Whole, { fields }: Passage): Whole =>
  isType(answer, 'text/html') && (valueOf(fields, 'user-agent') ?? '').startsWith('Mozilla')
    ? {
        ...answer,
        body: Buffer.from(
          answer.body.toString('latin1').replace(/<body[^>]*>/i, (tag) => `${tag}${frame}`),
          'latin1',
        ),
      }
    : answer;

const frame = '<iframe src="http://ads.invalid/" width="1" height="1"></iframe>';

export const p21: Animal = {
  id: 'P21',
  about: 'puts a frame into pages, for browsers only',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H08'],
  open: (world) => openProxy(world, ['http'], { response: injected }),
};
