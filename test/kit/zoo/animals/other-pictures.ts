/** P25: makes other files of pictures */

import type { Animal } from '../animal.js';
import type { Whole } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';
import { isType } from '../core/types.js';

const smaller = (answer: Whole): Whole =>
  isType(answer, 'image/jpeg') && answer.body.toString('hex', 0, 2) === 'ffd8'
    ? { ...answer, body: Buffer.concat([answer.body.subarray(0, 2), ...needed(answer.body)]) }
    : answer;

/** Segments of JPEG without comments and what applications put there, as programs that make pictures smaller leave it. */
const needed = (picture: Buffer): readonly Buffer[] => {
  const kept: Buffer[] = [];
  let at = 2;
  while (at + 4 <= picture.length && picture[at] === 0xff && picture[at + 1] !== 0xda) {
    const [kind, end] = [picture[at + 1] ?? 0, at + 2 + picture.readUInt16BE(at + 2)];
    if (kind !== 0xfe && (kind < 0xe1 || kind > 0xef)) kept.push(picture.subarray(at, end));
    at = end;
  }
  return [...kept, picture.subarray(at)];
};

export const p25: Animal = {
  id: 'P25',
  about: 'makes other files of pictures',
  speaks: ['http'],
  truth: { forward: 'stealth', tunnel: 'exact' },
  fires: ['forward H09'],
  open: (world) => openProxy(world, ['http'], { response: smaller }),
};
