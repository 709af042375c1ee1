/** Pictures of one pixel with the seed's words in them: every reader of pictures takes them. */

import { crc32, deflateSync } from 'node:zlib';
import { seededBytes, seededWords } from './stream.js';

/** One grey pixel in a baseline JPEG (ITU T.81), with the seed's bytes as a comment: every reader of pictures takes it. */
export const jpegDecoy = (seed: string): Buffer => {
  const comment = seededBytes(seed, 6_000);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(comment.length + 2);
  return Buffer.concat([greyPixel.subarray(0, 2), Buffer.from([0xff, 0xfe]), length, comment, greyPixel.subarray(2)]);
};

const greyPixel = Buffer.from(
  [
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////',
    '////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  ].join(''),
  'base64',
);

/** The same in PNG (ISO 15948), with the seed's bytes as a private chunk. */
export const pngDecoy = (seed: string): Buffer =>
  Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', Buffer.from('00000001000000010800000000', 'hex')),
    chunk('noTe', seededBytes(seed, 2_000)),
    chunk('IDAT', deflateSync(Buffer.from([0, 0x80]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);

const chunk = (name: string, data: Buffer): Buffer => {
  const inner = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(inner));
  return Buffer.concat([length, inner, sum]);
};

/** The same in GIF (89a), transparent as those are that count visitors. */
export const gifDecoy = (seed: string): Buffer => {
  const comment = seededBytes(seed, 200);
  return Buffer.concat([
    Buffer.from('GIF89a', 'latin1'),
    Buffer.from('01000100800000000000ffffff', 'hex'),
    Buffer.from([0x21, 0xfe, comment.length]),
    comment,
    Buffer.from('0021f90401000000002c00000000010001000002024401003b', 'hex'),
  ]);
};

/** A drawing with a link and words in it. */
export const svgDecoy = (seed: string): Buffer => {
  const [first = '', ...more] = seededWords(seed, 24);
  return Buffer.from(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="120" height="40">',
      `<a xlink:href="https://www.example.org/${first}"><rect width="120" height="40" fill="#888"/></a>`,
      `<text x="4" y="20">${more.join(' ')}</text>`,
      '</svg>',
      '',
    ].join('\n'),
    'latin1',
  );
};
