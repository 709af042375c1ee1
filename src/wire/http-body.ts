/** The body of an HTTP/1.1 message: where it ends, and what is in it (RFC 9112 §6 and §7). */

import { type Field, mostFields, parseField } from './http-head.js';

/** How the end of a body is known. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'sized'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

/** Takes the pieces of a body as they are found; slices of what was pushed, valid during the call. */
export interface BodySink {
  readonly data: (bytes: Buffer) => void;
  readonly end: (trailers: readonly Field[]) => void;
  /** What stands behind the size of a chunk (RFC 9112 §7.1.1), for who wants to know. */
  readonly extension?: (text: string) => void;
}

/** Reads a body piece by piece. */
export interface BodyReader {
  /** Takes bytes and returns how many belong to this body; fewer than given means that it is over. Throws Broken on nonsense. */
  readonly push: (bytes: Buffer) => number;
  /** Tells that the stream ended; true where the body is complete with that. */
  readonly close: () => boolean;
}

/** Thrown at a chunk that is not one; the caller knows whom to blame. */
export class Broken extends Error {}

const longestLine = 4096;
const mostTrailers = 64 * 1024;

/** A reader for one body; calls `sink.end` exactly once, when the last byte was seen. */
export const readBody = (framing: Framing, sink: BodySink): BodyReader => {
  switch (framing.kind) {
    case 'none':
      return readSized(0, sink);
    case 'sized':
      return readSized(framing.length, sink);
    case 'chunked':
      return readChunked(sink);
    case 'until-close':
      return readRest(sink);
  }
};

/** One chunk as it goes over the wire: size line, data, CRLF. An empty chunk would end the body: give data only. */
export const writeChunk = (data: Buffer): readonly Buffer[] => [
  Buffer.from(`${data.length.toString(16)}\r\n`, 'latin1'),
  data,
  Buffer.from('\r\n', 'latin1'),
];

/** The end of a chunked body with its trailers. */
export const writeLastChunk = (trailers: readonly Field[]): Buffer =>
  Buffer.from(`0\r\n${trailers.map(({ name, value }) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1');

const readSized = (length: number, sink: BodySink): BodyReader => {
  let left = length;
  let ended = false;
  const finish = (): void => {
    if (left > 0 || ended) return;
    ended = true;
    sink.end([]);
  };
  return {
    push: (bytes) => {
      const used = Math.min(left, bytes.length);
      left -= used;
      if (used > 0) sink.data(bytes.subarray(0, used));
      finish();
      return used;
    },
    close: () => left === 0,
  };
};

const readRest = (sink: BodySink): BodyReader => {
  let ended = false;
  return {
    push: (bytes) => {
      if (bytes.length > 0) sink.data(bytes);
      return bytes.length;
    },
    close: () => {
      if (!ended) sink.end([]);
      ended = true;
      return true;
    },
  };
};

/** What a chunked reader is in the middle of. */
type Place = 'size' | 'data' | 'after-data' | 'trailers' | 'done';

const readChunked = (sink: BodySink): BodyReader => {
  let place: Place = 'size';
  let left = 0;
  const lines = readLines();
  const trailers = readTrailers();

  const onLine = (text: string): Place => {
    if (place === 'size') {
      left = chunkSize(text);
      if (text.includes(';')) sink.extension?.(text.slice(text.indexOf(';')));
      return left === 0 ? 'trailers' : 'data';
    }
    if (place === 'after-data') {
      if (text !== '') throw new Broken('no CRLF behind a chunk');
      return 'size';
    }
    if (text === '') return 'done';
    trailers.add(text);
    return 'trailers';
  };

  const step = (bytes: Buffer): number => {
    if (place !== 'data') {
      const { used, line } = lines.push(bytes);
      if (line !== undefined) place = onLine(line);
      if (place === 'done') sink.end(trailers.all);
      return used;
    }
    const used = Math.min(left, bytes.length);
    left -= used;
    if (left === 0) place = 'after-data';
    sink.data(bytes.subarray(0, used));
    return used;
  };

  return {
    push: (bytes) => {
      let used = 0;
      while (used < bytes.length && place !== 'done') used += step(bytes.subarray(used));
      return used;
    },
    close: () => place === 'done',
  };
};

/** Takes lines without their CRLF, one at a time; `line` is missing while it is incomplete. A bare LF or CR is nonsense. */
const readLines = () => {
  let begun = '';
  return {
    push: (bytes: Buffer): { readonly used: number; readonly line?: string } => {
      const end = bytes.indexOf(0x0a);
      const used = end === -1 ? bytes.length : end + 1;
      const line = begun + bytes.toString('latin1', 0, used);
      if (line.length > longestLine) throw new Broken('a line over 4 KiB');
      begun = end === -1 ? line : '';
      if (end === -1) return { used };
      if (!line.endsWith('\r\n') || line.indexOf('\r') !== line.length - 2) throw new Broken('a bare CR or LF');
      return { used, line: line.slice(0, -2) };
    },
  };
};

/** Collects trailer fields: as many as a head may have, 64 KiB in all. */
const readTrailers = () => {
  const all: Field[] = [];
  let bytes = 0;
  return {
    all,
    add: (line: string): void => {
      bytes += line.length;
      const field = parseField(line);
      if (field === undefined || bytes > mostTrailers || all.length === mostFields) throw new Broken('a trailer');
      all.push(field);
    },
  };
};

/** RFC 9112 §7.1, and more lenient: old servers fill the size up with blanks. At most 2^52, so that a number holds it. */
const chunkSize = (line: string): number => {
  const size = /^([0-9a-f]{1,13})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i.exec(line)?.[1];
  if (size === undefined) throw new Broken('a chunk size');
  return Number.parseInt(size, 16);
};
