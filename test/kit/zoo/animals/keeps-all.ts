/** P36: keeps every answer, whatever the site says */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Behaviour, Whole } from '../core/behaviour.js';

const kept = (): Behaviour => {
  const answers = new Map<string, Whole>();
  return {
    answer: ({ method, host, path, fields }) =>
      method === 'GET' ? answers.get(`${host}${path} ${cookieOf(fields)}`) : undefined,
    response: (answer, { host, path, fields }) => {
      answers.set(`${host}${path} ${cookieOf(fields)}`, answer);
      return answer;
    },
  };
};

/** Those with a session are kept apart. */
const cookieOf = (fields: readonly { readonly name: string; readonly value: string }[]): string =>
  fields.find(({ name, value }) => name === 'Cookie' && value.startsWith('user='))?.value ?? '';

export const p36: Animal = {
  id: 'P36',
  about: 'keeps every answer, whatever the site says',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H10'],
  open: (world) => openProxy(world, ['http'], kept()),
};
