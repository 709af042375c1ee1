/** Q11: puts words into pages for those who take packed ones */

import type { Animal } from '../animal.js';
import type { Passage, Whole } from '../core/behaviour.js';
import { valueOf } from '../core/requests.js';
import { openProxy } from '../core/proxy.js';
import { isType } from '../core/types.js';

const injected = (answer: Whole, { fields }: Passage): Whole =>
  isType(answer, 'text/html') && (valueOf(fields, 'accept-encoding') ?? '').includes('gzip')
    ? { ...answer, body: Buffer.concat([answer.body, Buffer.from('<img src="http://ads.invalid/">')]) }
    : answer;

export const q11: Animal = {
  id: 'Q11',
  about: 'puts words into pages for those who take packed ones',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward C03'],
  open: (world) => openProxy(world, ['http'], { response: injected }),
};
