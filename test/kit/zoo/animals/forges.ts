/** P38: answers for well-known judges itself */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Passage, Whole } from '../core/behaviour.js';
import { ownPage } from '../core/responses.js';

const forged = ({ path, fields, exit, method }: Passage): Whole | undefined =>
  /azenv|ip\.php|judge/i.test(path) && method === 'GET'
    ? ownPage(
        200,
        'OK',
        [
          '<html><head><title>AZ Environment variables 1.04</title></head><body><pre>',
          `REMOTE_ADDR = ${exit}`,
          ...fields.map(({ name, value }) => `HTTP_${name.toUpperCase().replaceAll('-', '_')} = ${value}`),
          '</pre></body></html>',
        ].join('\n'),
      )
    : undefined;

export const p38: Animal = {
  id: 'P38',
  about: 'answers for well-known judges itself',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward C01'],
  open: (world) => openProxy(world, ['http'], { answer: forged }),
};
