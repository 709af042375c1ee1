/** The body of an HTTP/1.1 message: where it ends, and what is in it (RFC 9112 §6 and §7). */

import { type Field, parseField } from './http-head.js';

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

const readRest = (sink: BodySink): BodyReader => ({
  push: (bytes) => {
    sink.data(bytes);
    return bytes.length;
  },
  close: () => {
    sink.end([]);
    return true;
  },
});

/** What a chunked reader is in the middle of. */
type Place = 'size' | 'data' | 'after-data' | 'trailers' | 'done';

const readChunked = (sink: BodySink): BodyReader => {
  let place: Place = 'size';
  let left = 0;
  let line = '';
  const trailers: Field[] = [];
  let trailerBytes = 0;

  /** Takes one line; undefined while it is incomplete. A bare LF or CR is nonsense. */
  const takeLine = (bytes: Buffer): { readonly used: number; readonly line?: string } => {
    const end = bytes.indexOf(0x0a);
    const used = end === -1 ? bytes.length : end + 1;
    line += bytes.toString('latin1', 0, used);
    if (line.length > longestLine) throw new Broken('a line over 4 KiB');
    if (end === -1) return { used };
    const whole = line;
    line = '';
    if (!whole.endsWith('\r\n') || whole.indexOf('\r') !== whole.length - 2) throw new Broken('a bare CR or LF');
    return { used, line: whole.slice(0, -2) };
  };

  const onLine = (text: string): void => {
    if (place === 'after-data') {
      if (text !== '') throw new Broken('no CRLF behind a chunk');
      place = 'size';
      return;
    }
    if (place === 'size') {
      left = chunkSize(text);
      place = left === 0 ? 'trailers' : 'data';
      return;
    }
    trailerBytes += text.length;
    if (text === '') {
      place = 'done';
      sink.end(trailers);
      return;
    }
    const field = parseField(text);
    if (field === undefined || trailerBytes > mostTrailers) throw new Broken('a trailer');
    trailers.push(field);
  };

  const step = (bytes: Buffer): number => {
    if (place !== 'data') {
      const taken = takeLine(bytes);
      if (taken.line !== undefined) onLine(taken.line);
      return taken.used;
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

const chunkSize = (line: string): number => {
  const size = /^([0-9a-f]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/i.exec(line)?.[1];
  if (size === undefined) throw new Broken('a chunk size');
  return Number.parseInt(size, 16);
};
