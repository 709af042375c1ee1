/** P23: hides that a site has moved to https */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Whole } from '../core/behaviour.js';

const leadsToHttps = ({ name, value }: Whole['fields'][number]): boolean =>
  name.toLowerCase() === 'location' && value.startsWith('https:');

const stayed = (answer: Whole): Whole =>
  answer.status >= 300 && answer.status < 400 && answer.fields.some(leadsToHttps)
    ? {
        ...{ status: 200, reason: 'OK', body: Buffer.from('<html><body>welcome</body></html>') },
        fields: answer.fields.filter(({ name }) => name.toLowerCase() !== 'location'),
      }
    : answer;

export const p23: Animal = {
  id: 'P23',
  about: 'hides that a site has moved to https',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H14'],
  open: (world) => openProxy(world, ['http'], { response: stayed }),
};
