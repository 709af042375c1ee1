/** P44: shows a page to log in for every host */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import { ownPage } from '../core/responses.js';

const page = () => ownPage(200, 'OK', '<html><form action="/login">Please accept the terms</form></html>');

export const p44: Animal = {
  id: 'P44',
  about: 'shows a page to log in for every host',
  speaks: ['http'],
  truth: { outcome: 'not-a-proxy' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { answer: page, refuses: () => 403 }),
};
