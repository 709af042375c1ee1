/** Q18: leads names that it does not know to a page of its own */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Passage, Whole } from '../core/behaviour.js';

/** It knows what is asked for often. */
const parked = ({ host, world: { zone } }: Passage): Whole | undefined =>
  zone !== undefined && host.toLowerCase().endsWith(`.${zone.name}`)
    ? { status: 200, reason: 'OK', fields: [{ name: 'Content-Type', value: 'text/html' }], body: Buffer.from('parked') }
    : undefined;

export const q18: Animal = {
  id: 'Q18',
  about: 'leads names that it does not know to a page of its own',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward N03'],
  open: (world) => openProxy(world, ['http'], { answer: parked }),
};
