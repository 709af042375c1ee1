/** P03: writes a random public address into X-Forwarded-For */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

const part = (random: () => number): number => 1 + Math.floor(random() * 250);
const stranger = (random: () => number): string => `81.${part(random)}.${part(random)}.${part(random)}`;

export const p03: Animal = {
  id: 'P03',
  about: 'writes a random public address into X-Forwarded-For',
  speaks: ['http'],
  truth: { forward: 'distorting', tunnel: 'exact' },
  fires: ['forward H03'],
  open: (world) =>
    openProxy(world, ['http'], { fields: (lines, { random }) => [...lines, `X-Forwarded-For: ${stranger(random)}`] }),
};
