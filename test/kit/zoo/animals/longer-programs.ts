/** P24: puts bytes behind programs */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Whole } from '../core/behaviour.js';

const longer = (answer: Whole): Whole =>
  /^(?:MZ|\x7fELF)/.test(answer.body.toString('latin1', 0, 4))
    ? { ...answer, body: Buffer.concat([answer.body, Buffer.alloc(1_024, 0x90)]) }
    : answer;

export const p24: Animal = {
  id: 'P24',
  about: 'puts bytes behind programs',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward H09'],
  open: (world) => openProxy(world, ['http'], { response: longer }),
};
