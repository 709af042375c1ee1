/** Q10: sends those who are sent to https somewhere else */

import type { Animal } from '../animal.js';
import type { Whole } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';

const misled = (answer: Whole): Whole => ({
  ...answer,
  fields: answer.fields.map((field) =>
    /^location$/i.test(field.name)
      ? { ...field, value: field.value.replace(/^(https:\/\/)[^/]*/, '$1login.invalid') }
      : field,
  ),
});

export const q10: Animal = {
  id: 'Q10',
  about: 'sends those who are sent to https somewhere else',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H14'],
  open: (world) => openProxy(world, ['http'], { response: misled }),
};
