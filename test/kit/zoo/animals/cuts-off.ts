/** P29: cuts answers off after 32 KB */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Whole } from '../core/behaviour.js';

const cut = (answer: Whole): Whole => ({ ...answer, body: answer.body.subarray(0, 32 * 1024) });

export const p29: Animal = {
  id: 'P29',
  about: 'cuts answers off after 32 KB',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H09'],
  open: (world) => openProxy(world, ['http'], { response: cut }),
};
