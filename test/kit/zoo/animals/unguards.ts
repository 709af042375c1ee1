/** P27: takes away what protects pages */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Whole } from '../core/behaviour.js';

const unguarded = (answer: Whole): Whole => ({
  ...answer,
  fields: answer.fields.filter(({ name }) => !/^(?:content-security-policy|strict-transport-security)$/i.test(name)),
});

export const p27: Animal = {
  id: 'P27',
  about: 'takes away what protects pages',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H07'],
  open: (world) => openProxy(world, ['http'], { response: unguarded }),
};
