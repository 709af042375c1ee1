/** Q22: from the fifth request of a connection on, gives each the answer to the one before */

import type { Animal } from '../animal.js';
import type { Behaviour, Whole } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';

const late = (): Behaviour => {
  const before = new Map<number, Whole>();
  return {
    response: (answer, { connection, request }) => {
      const last = before.get(connection);
      before.set(connection, answer);
      return request >= 5 ? (last ?? answer) : answer;
    },
  };
};

export const q22: Animal = {
  id: 'Q22',
  about: 'gives the answer to the request before, from the fifth of a connection on',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H16'],
  open: (world) => openProxy(world, ['http'], late()),
};
