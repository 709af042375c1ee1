/** P25: makes other files of pictures */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Whole } from '../core/behaviour.js';

/** Without the comment, as programs that make pictures smaller leave it. */
const smaller = (answer: Whole): Whole => {
  if (answer.body.subarray(0, 4).toString('hex') !== 'ffd8fffe') return answer;
  const length = answer.body.readUInt16BE(4);
  return { ...answer, body: Buffer.concat([answer.body.subarray(0, 2), answer.body.subarray(4 + length)]) };
};

export const p25: Animal = {
  id: 'P25',
  about: 'makes other files of pictures',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H09'],
  open: (world) => openProxy(world, ['http'], { response: smaller }),
};
