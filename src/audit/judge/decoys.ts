/** Objects that a proxy may want to change: each is made from a seed, so that who asks knows every byte that must arrive. */

import { seededBytes, seededWords } from './stream.js';

/** A page with what is rewritten most often: links to https, a form, something like an advertisement, both closing tags. */
export const htmlDecoy = (seed: string): Buffer => {
  const [title = '', ...text] = seededWords(seed, 120);
  const row = (from: number): string => text.slice(from, from + 12).join(' ');
  const mark = seededBytes(`${seed}/mark`, 6).toString('hex');
  return Buffer.from(
    [
      '<!DOCTYPE html>',
      `<html lang="en"><head><meta charset="utf-8"><title>${title}</title>`,
      `<link rel="stylesheet" href="/${mark}.css"><script src="/${mark}.js"></script></head>`,
      `<body><h1>${row(0)}</h1><p>${row(12)}</p><div class="banner ad-top" id="ad-${mark}"><p>${row(24)}</p></div>`,
      `<p><a href="https://www.example.org/${mark}">${row(36)}</a>, <a href="https://example.net/login">${row(48)}</a></p>`,
      `<form action="https://example.com/${mark}" method="post"><input name="user"><input name="password" type="password"></form>`,
      ...[60, 72, 84, 96].map((from) => `<p>${row(from)}</p>`),
      '</body></html>',
      '',
    ].join('\n'),
    'latin1',
  );
};

/** A small script. */
export const scriptDecoy = (seed: string): Buffer => {
  const names = seededWords(seed, 24);
  const lines = names.map((name, index) => `  var ${name}${index} = document.getElementById("${name}-${index}");`);
  return Buffer.from(`(function () {\n${lines.join('\n')}\n})();\n`, 'latin1');
};

/** A small style sheet. */
export const styleDecoy = (seed: string): Buffer => {
  const shades = seededBytes(seed, 72);
  const rules = seededWords(seed, 24).map(
    (name, index) => `.${name}-${index} { color: #${shades.toString('hex', index * 3, index * 3 + 3)}; }`,
  );
  return Buffer.from(`${rules.join('\n')}\n`, 'latin1');
};

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

/** An archive with one stored file (APPNOTE.TXT 4.3), larger than what careless proxies keep of an answer. */
export const zipDecoy = (seed: string): Buffer => {
  const data = seededBytes(seed, 48_000);
  const name = Buffer.from('notes.bin', 'latin1');
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt32LE(crc32(data), 10);
  shared.writeUInt32LE(data.length, 14);
  shared.writeUInt32LE(data.length, 18);
  shared.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, name, data]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
};

/** Shaped like a program for Windows, without anything in it that could run. */
export const programDecoy = (seed: string): Buffer => {
  const head = Buffer.alloc(128);
  head.write('MZ', 'latin1');
  head.writeUInt32LE(128, 0x3c);
  return Buffer.concat([head, Buffer.from('PE\0\0', 'latin1'), seededBytes(seed, 24_000)]);
};

/** The smallest document that a reader of PDF opens, with the seed's bytes in a comment. */
export const documentDecoy = (seed: string): Buffer =>
  Buffer.from(
    [
      '%PDF-1.4',
      `%${seededBytes(seed, 3_000).toString('hex')}`,
      '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj',
      'trailer<</Root 1 0 R>>',
      '%%EOF',
      '',
    ].join('\n'),
    'latin1',
  );

/** CRC-32 as archives use it (ISO 3309). */
const crc32 = (data: Buffer): number => {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return (crc ^ 0xffffffff) >>> 0;
};
