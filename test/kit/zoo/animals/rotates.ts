/** P41: goes out by four addresses in turn */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

export const p41: Animal = {
  id: 'P41',
  about: 'goes out by four addresses in turn',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) =>
    openProxy(world, ['http'], {
      exit: (exit, connection) => exit.replace(/^127\.40/, `127.${41 + (connection % 4)}`),
    }),
};
