/** Objects that a proxy may want to change: each is made from a seed, so that who asks knows every byte that must arrive. */

import { crc32 } from 'node:zlib';
import { seededBytes, seededWords } from './stream.js';
import { moneyFor } from './texts.js';

/** A page with what is rewritten most often: links to https, a form, advertisements, frames, what money is sent to, both closing tags. */
export const htmlDecoy = (seed: string): Buffer => {
  const [title = '', ...text] = seededWords(seed, 120);
  const row = (from: number): string => text.slice(from, from + 12).join(' ');
  const mark = seededBytes(`${seed}/mark`, 6).toString('hex');
  const number = seededBytes(seed, 8).readBigUInt64BE(0).toString().padStart(16, '1').slice(0, 16);
  return Buffer.from(
    [
      '<!DOCTYPE html>',
      `<html lang="en"><head><meta charset="utf-8"><title>${title}</title>`,
      `<meta http-equiv="Content-Security-Policy" content="object-src 'none'"><link rel="stylesheet" href="/${mark}.css">`,
      `<script src="/${mark}.js" integrity="sha384-${seededBytes(`${seed}/sri`, 48).toString('base64')}"></script>`,
      `<script async src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js?client=ca-pub-${number}"></script>`,
      `<script async src="https://www.googletagmanager.com/gtag/js?id=G-${mark.toUpperCase()}"></script></head>`,
      `<body><h1>${row(0)}</h1><p>${row(12)}</p><div class="banner ad-top" id="ad-${mark}"><p>${row(24)}</p></div>`,
      `<p><a href="https://www.example.org/${mark}">${row(36)}</a>, <a href="https://example.net/login">${row(48)}</a></p>`,
      `<form action="https://example.com/${mark}" method="post"><input name="user"><input name="password" type="password"></form>`,
      `<p><img src="/${mark}.png" alt="${title}"><iframe src="https://www.example.com/embed/${mark}"></iframe></p>`,
      `<p><a href="https://www.example.com/dp/${mark}?tag=${mark}-20">${row(60)}</a> <a href="/${mark}.exe">${row(72)}</a></p>`,
      `<p><a href="mailto:${mark}@example.org">${mark}@example.org</a>, +1 555 01${number.slice(0, 2)}, ${moneyFor(seed).join(', ')}</p>`,
      ...[84, 96].map((from) => `<p>${row(from)}</p>`),
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
  const links = `  var next = "https://www.example.org/${names[0] ?? ''}", pay = "${moneyFor(seed)[0] ?? ''}";`;
  return Buffer.from(`(function () {\n${links}\n${lines.join('\n')}\n})();\n`, 'latin1');
};

/** A small style sheet. */
export const styleDecoy = (seed: string): Buffer => {
  const shades = seededBytes(seed, 72);
  const rules = seededWords(seed, 24).map(
    (name, index) => `.${name}-${index} { color: #${shades.toString('hex', index * 3, index * 3 + 3)}; }`,
  );
  const picture = `body { background: url(https://www.example.org/${shades.toString('hex', 0, 4)}.png); }`;
  return Buffer.from(`${[picture, ...rules].join('\n')}\n`, 'latin1');
};

/** An archive with one stored file (APPNOTE.TXT 4.3), larger than what careless proxies keep of an answer. */
export const zipDecoy = (seed: string, size = 48_000): Buffer => {
  const data = seededBytes(seed, size);
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
