/** Q40: puts a script into pages that tell who asks */

import type { Animal } from '../animal.js';
import { isType } from '../core/types.js';
import { openProxy } from '../core/proxy.js';

const script = Buffer.from('<script src="http://ads.invalid/"></script>', 'latin1');

export const q40: Animal = {
  id: 'Q40',
  about: 'puts a script into pages that tell who asks',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward C01'],
  open: (world) =>
    openProxy(world, ['http'], {
      response: (answer) =>
        isType(answer, 'text/html') && answer.body.includes('REMOTE_ADDR')
          ? { ...answer, body: Buffer.concat([answer.body, script]) }
          : answer,
    }),
};
