/** Q35: puts bytes of its own into what goes up through tunnels */

import type { Animal } from '../animal.js';
import type { Change } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';

const from = 64 * 1024;
const own = Buffer.from('put in on the way', 'latin1');

const adds = (): Change => {
  let passed = 0;
  return (bytes) => {
    const at = from - passed;
    passed += bytes.length;
    return at < 0 || at >= bytes.length ? bytes : Buffer.concat([bytes.subarray(0, at), own, bytes.subarray(at)]);
  };
};

export const q35: Animal = {
  id: 'Q35',
  about: 'puts bytes of its own into what goes up through tunnels',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T09'],
  open: (world) => openProxy(world, ['http'], { up: adds }),
};
