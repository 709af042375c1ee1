/** B07: packs answers again where packing was offered, with the same content */

import { brotliDecompressSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import type { Animal } from '../animal.js';
import type { Passage, Whole } from '../core/behaviour.js';
import { openProxy } from '../core/proxy.js';
import { valueOf } from '../core/requests.js';

/** Those that it can open. */
const openers: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  '': (body) => body,
  br: brotliDecompressSync,
  gzip: gunzipSync,
  deflate: inflateSync,
};

const packed = (answer: Whole, { fields }: Passage): Whole => {
  const plain = openers[valueOf(answer.fields, 'content-encoding')?.toLowerCase() ?? ''];
  if (!takesGzip(fields) || answer.status === 206 || answer.body.length === 0 || plain === undefined) return answer;
  const others = answer.fields.filter(({ name }) => name.toLowerCase() !== 'content-encoding');
  return {
    ...answer,
    body: gzipSync(plain(answer.body)),
    fields: [...others, { name: 'Content-Encoding', value: 'gzip' }],
  };
};

const takesGzip = (fields: Passage['fields']): boolean =>
  /(?:^|,)\s*gzip\s*(?:,|$|;\s*q=(?!0(?:\.0*)?(?:,|$)))/i.test(valueOf(fields, 'accept-encoding') ?? '');

export const b07: Animal = {
  id: 'B07',
  about: 'packs answers again where packing was offered, with the same content',
  control: true,
  speaks: ['http'],
  truth: { forward: 'clean', tunnel: 'exact' },
  fires: [],
  open: (world) => openProxy(world, ['http'], { response: packed }),
};
