/** From bytes to text: gzip with a bound on what it may grow to (RFC 1952), UTF-8 and UTF-16 with and without a mark. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { KaskadeError, fail } from '../model/error.js';
import { type Cancel, reasonOf } from '../net/cancel.js';

/** What a list may grow to. */
export interface Bounds {
  /** Bytes of text, unpacked. */
  readonly most: number;
  /** How many times its packed size it may have, once it is over `free` bytes. */
  readonly ratio: number;
  readonly free: number;
}

/** 1 GiB, and 200 times of what it is packed into. */
const usualBounds: Bounds = { most: 2 ** 30, ratio: 200, free: 8 * 2 ** 20 };

type Chunks = AsyncIterable<Buffer>;

const piece = 65_536;
const headBytes = 256;

/**
 * The text of a list in pieces of at most 64 KiB; line ends and marks inside stay as they are. What is no UTF-8 becomes
 * U+FFFD. Throws `list-unreadable` for gzip that is damaged or cut, and beyond the bounds.
 */
export async function* decode(chunks: Chunks, cancel: Cancel, bounds = usualBounds): AsyncGenerator<string> {
  const unpacked = bounded(unpack(small(chunks, cancel), bounds), bounds);
  const { head, rest } = await headed(unpacked, headBytes);
  const decoder = new TextDecoder(encodingOf(head));
  for await (const bytes of rest) {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== '') yield text;
  }
  const last = decoder.decode();
  if (last !== '') yield last;
}

/** Chunks of bounded size, and the end of the work when it is called off. */
async function* small(chunks: Chunks, cancel: Cancel): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += piece) {
      if (cancel.signal.aborted) throw reasonOf(cancel);
      yield chunk.subarray(at, at + piece);
    }
  }
}

async function* bounded(chunks: Chunks, { most }: Bounds): AsyncGenerator<Buffer> {
  let sum = 0;
  for await (const chunk of chunks) {
    sum += chunk.length;
    if (sum > most) throw fail('list-unreadable', { note: `it has more than ${most} bytes` });
    yield chunk;
  }
}

/** Unpacks gzip, once; text passes. */
async function* unpack(chunks: Chunks, bounds: Bounds): AsyncGenerator<Buffer> {
  const { head, rest } = await headed(chunks, 6);
  const packed = packingOf(head);
  if (packed === 'gzip') yield* plainOnly(gunzip(rest, bounds));
  else if (packed === undefined) yield* rest;
  else throw fail('list-unreadable', { note: `it is packed as ${packed}: unpack it first` });
}

async function* plainOnly(chunks: Chunks): AsyncGenerator<Buffer> {
  const { head, rest } = await headed(chunks, 6);
  const packed = packingOf(head);
  if (packed !== undefined)
    throw fail('list-unreadable', { note: `it is packed twice, as ${packed} in gzip: unpack it first` });
  yield* rest;
}

/** The first bytes of what lists are packed into, in Latin-1; of these only gzip is unpacked. */
const packings: ReadonlyMap<string, RegExp> = new Map([
  ['gzip', /^\x1f\x8b/],
  ['zip', /^PK\x03\x04/],
  ['xz', /^\xfd7zXZ\0/],
  ['bzip2', /^BZh[1-9]1A/],
  ['Zstandard', /^\x28\xb5\x2f\xfd/],
  ['7z', /^7z\xbc\xaf'\x1c/],
  ['RAR', /^Rar!\x1a/],
  ['compress', /^\x1f\x9d/],
  ['LZ4', /^\x04"M\x18/],
]);

const packingOf = (head: Buffer): string | undefined =>
  [...packings].find(([, mark]) => mark.test(head.toString('latin1')))?.[0];

async function* gunzip(chunks: Chunks, { ratio, free }: Bounds): AsyncGenerator<Buffer> {
  const packed = { bytes: 0 };
  const unzip = createGunzip();
  const fed = pipeline(Readable.from(counted(chunks, packed)), unzip);
  fed.catch(() => {});
  let sum = 0;
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      sum += chunk.length;
      if (sum > free && sum > ratio * packed.bytes)
        throw fail('list-unreadable', { note: `it unpacks to more than ${ratio} times its size` });
      yield chunk;
    }
    await fed;
  } catch (thrown) {
    throw thrown instanceof KaskadeError ? thrown : fail('list-unreadable', { note: 'gzip, damaged or cut' }, thrown);
  } finally {
    unzip.destroy();
  }
}

async function* counted(chunks: Chunks, packed: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    packed.bytes += chunk.length;
    yield chunk;
  }
}

interface Headed {
  /** The first bytes, fewer only where there are no more. */
  readonly head: Buffer;
  /** All chunks, the first ones too. */
  readonly rest: AsyncGenerator<Buffer>;
}

const headed = async (chunks: Chunks, length: number): Promise<Headed> => {
  const source = chunks[Symbol.asyncIterator]();
  const seen: Buffer[] = [];
  let sum = 0;
  while (sum < length) {
    const next = await source.next();
    if (next.done === true) break;
    seen.push(next.value);
    sum += next.value.length;
  }
  return { head: Buffer.concat(seen).subarray(0, length), rest: resumed(seen, source) };
};

async function* resumed(seen: readonly Buffer[], source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* seen;
    yield* { [Symbol.asyncIterator]: () => source };
  } finally {
    await source.return?.();
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** By the mark, or by which half of the first pairs of bytes is zero. */
const encodingOf = (head: Buffer): Encoding => {
  const mark = head.subarray(0, 2).toString('hex');
  if (mark === 'fffe') return 'utf-16le';
  return mark === 'feff' ? 'utf-16be' : unmarked(head);
};

const unmarked = (head: Buffer): Encoding => {
  const zeros = [...head.entries()].filter(([, byte]) => byte === 0);
  if (zeros.length < Math.max(2, head.length * 0.3)) return 'utf-8';
  const odd = zeros.filter(([at]) => at % 2 === 1).length;
  if (odd === zeros.length) return 'utf-16le';
  return odd === 0 ? 'utf-16be' : 'utf-8';
};
