/** P39: is honest to well-known judges, and writes the client for all others */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { World } from '../animal.js';

const isKnown = ({ famous }: World, host: string, path: string): boolean =>
  famous.includes(host) || /azenv/i.test(path);

export const p39: Animal = {
  id: 'P39',
  about: 'is honest to well-known judges, and writes the client for all others',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward C01'],
  open: (world) =>
    openProxy(world, ['http'], {
      fields: (lines, { client, host, path }) =>
        isKnown(world, host, path) ? lines : [...lines, `X-Forwarded-For: ${client}`],
    }),
};
