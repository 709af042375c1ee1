/** P36: keeps every answer, whatever the site says */

import type { Animal } from '../animal.js';
import { createCache } from '../core/cache.js';
import { openProxy } from '../core/proxy.js';

/** Those with a session are kept apart. */
const userOf = (fields: readonly { readonly name: string; readonly value: string }[]): string =>
  fields.find(({ name, value }) => name === 'Authorization' || (name === 'Cookie' && value.startsWith('user=')))
    ?.value ?? '';

export const p36: Animal = {
  id: 'P36',
  about: 'keeps every answer, whatever the site says',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H10'],
  open: (world) =>
    openProxy(
      world,
      ['http'],
      createCache({
        keyOf: ({ host, port, path, fields }) => `${host}:${port}${path} ${userOf(fields)}`,
        answers: ({ method }) => method === 'GET',
      }),
    ),
};
