/** Q29: puts a script into the first page that somebody asks for, and never again */

import type { Animal } from '../animal.js';
import type { Behaviour } from '../core/behaviour.js';
import { isType } from '../core/types.js';
import { openProxy } from '../core/proxy.js';

const once = (): Behaviour => {
  const seen = new Set<string>();
  return {
    response: (answer, { client }) => {
      if (!isType(answer, 'text/html') || seen.has(client)) return answer;
      seen.add(client);
      return {
        ...answer,
        body: Buffer.concat([answer.body, Buffer.from('<script src="http://ads.invalid/"></script>')]),
      };
    },
  };
};

export const q29: Animal = {
  id: 'Q29',
  about: 'puts a script into the first page that somebody asks for, and never again',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H08'],
  open: (world) => openProxy(world, ['http'], once()),
};
