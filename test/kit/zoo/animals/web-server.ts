/** P43: is a web server that answers everything with its own page */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import { ownPage } from '../core/responses.js';

const page = () => ownPage(200, 'OK', '<html><body><h1>It works</h1></body></html>');

export const p43: Animal = {
  id: 'P43',
  about: 'is a web server that answers everything with its own page',
  speaks: ['http'],
  truth: { outcome: 'not-a-proxy' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { answer: page, refuses: () => 400 }),
};
