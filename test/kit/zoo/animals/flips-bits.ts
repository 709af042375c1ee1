/** P34: flips a bit in every 64 KB of tunnels */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Change } from '../core/behaviour.js';

const every = 64 * 1024;

const flips = (): Change => {
  let passed = 0;
  return (bytes) => {
    const changed = Buffer.from(bytes);
    const at = every - 1 - (passed % every);
    if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ 1;
    passed += bytes.length;
    return changed;
  };
};

export const p34: Animal = {
  id: 'P34',
  about: 'flips a bit in every 64 KB of tunnels',
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'hostile' },
  fires: ['tunnel T09'],
  open: (world) => openProxy(world, ['http'], { up: flips, down: flips }),
};
