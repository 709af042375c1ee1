/** P22: turns links to https into links to http */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Whole } from '../core/behaviour.js';
import { isType } from '../core/types.js';

const stripped = (answer: Whole): Whole =>
  isType(answer, 'text/html')
    ? { ...answer, body: Buffer.from(answer.body.toString('latin1').replaceAll('https://', 'http://'), 'latin1') }
    : answer;

export const p22: Animal = {
  id: 'P22',
  about: 'turns links to https into links to http',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H08'],
  open: (world) => openProxy(world, ['http'], { response: stripped }),
};
