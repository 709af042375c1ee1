/** P42: sends unknown names to a page of its own */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import { isIP } from 'node:net';
import type { World } from '../animal.js';
import { ownPage } from '../core/responses.js';

const isUnknown = ({ names, zone }: World, host: string): boolean =>
  host !== '' && isIP(host) === 0 && !names.has(host.toLowerCase()) && !isIn(zone?.name, host);

const isIn = (zone: string | undefined, host: string): boolean =>
  zone !== undefined && host.toLowerCase().endsWith(`.${zone}`);

export const p42: Animal = {
  id: 'P42',
  about: 'sends unknown names to a page of its own',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H18'],
  open: (world) =>
    openProxy(world, ['http'], {
      nowhere: () => '127.0.0.1|1',
      answer: ({ host }) => (isUnknown(world, host) ? ownPage(200, 'OK', '<html>Did you mean …?</html>') : undefined),
    }),
};
