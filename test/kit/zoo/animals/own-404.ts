/** P28: puts its own page where a site has none */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Whole } from '../core/behaviour.js';

const other = (answer: Whole): Whole =>
  answer.status === 404 ? { ...answer, body: Buffer.from('<html><body>Search here instead</body></html>') } : answer;

export const p28: Animal = {
  id: 'P28',
  about: 'puts its own page where a site has none',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H14'],
  open: (world) => openProxy(world, ['http'], { response: other }),
};
