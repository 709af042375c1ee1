/** Q04: writes the client into the cookie, as balancers do with servers */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';

const reversed = (client: string): number => Buffer.from(client.split('.').map(Number)).readUInt32LE(0);

export const q04: Animal = {
  id: 'Q04',
  about: 'writes the client into the cookie, as balancers do with servers',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H02', 'forward H04'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client }) =>
        lines.map((line) => (/^cookie:/i.test(line) ? `${line}; BIGipServer=${reversed(client)}.36895.0000` : line)),
    }),
};
