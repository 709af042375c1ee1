/** P37: gives everybody the first answer of a site */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Behaviour, Whole } from '../core/behaviour.js';

const kept = (): Behaviour => {
  const answers = new Map<string, Whole>();
  return {
    answer: ({ host }) => answers.get(host),
    response: (answer, { host }) => {
      answers.set(host, answer);
      return answer;
    },
  };
};

export const p37: Animal = {
  id: 'P37',
  about: 'gives everybody the first answer of a site',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H06'],
  open: (world) => openProxy(world, ['http'], kept()),
};
