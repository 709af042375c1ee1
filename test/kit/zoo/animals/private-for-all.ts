/** Q21: keeps answers that are for one user, and gives them to all */

import type { Animal } from '../animal.js';
import type { Behaviour, Whole } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';

/** A cache that reads `max-age` and not `private`. */
const kept = (): Behaviour => {
  const answers = new Map<string, Whole>();
  return {
    answer: ({ method, host, path }) => (method === 'GET' ? answers.get(`${host}${path}`) : undefined),
    response: (answer, { host, path }) => {
      const control = answer.fields.find(({ name }) => name.toLowerCase() === 'cache-control')?.value ?? '';
      if (/private.*max-age=[1-9]/.test(control)) answers.set(`${host}${path}`, answer);
      return answer;
    },
  };
};

export const q21: Animal = {
  id: 'Q21',
  about: 'keeps answers that are for one user, and gives them to all',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H12'],
  open: (world) => openProxy(world, ['http'], kept()),
};
