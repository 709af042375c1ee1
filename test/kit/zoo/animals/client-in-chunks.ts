/** Q26: says the client behind the sizes of chunks */

import type { Animal } from '../animal.js';
import { valueOf } from '../core/requests.js';
import { openProxy } from '../core/proxy.js';

/** The end of a line is taken with its size, so that what stands in a chunk is left. */
const extended = (raw: Buffer, client: string): Buffer =>
  Buffer.from(raw.toString('latin1').replace(/(^|\r\n)([0-9a-f]+)\r\n/gi, `$1$2;for=${client}\r\n`), 'latin1');

export const q26: Animal = {
  id: 'Q26',
  about: 'says the client behind the sizes of chunks',
  speaks: ['http'],
  truth: { forward: 'transparent', tunnel: 'exact' },
  fires: ['forward H20'],
  open: (world) =>
    openProxy(world, ['http'], {
      upload: (raw, { client, fields }) =>
        valueOf(fields, 'transfer-encoding') === undefined ? raw : extended(raw, client),
    }),
};
