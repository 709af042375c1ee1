/** Reads a request as bytes: what stands before it, its head as it was written, its body (RFC 9112, leniently: what is odd is evidence). */

import { announcement } from '../../net/judge-port.js';
import { type BodyReader, Broken, readBody } from '../../wire/http-body.js';
import { type Field, parseField } from '../../wire/http-head.js';

/** A request that is complete. */
export interface RawRequest {
  /** What came before the request line. */
  readonly preamble: Buffer;
  readonly head: Buffer;
  readonly method: string;
  /** As it was written: a path, or a whole URL. */
  readonly target: string;
  readonly version: string;
  readonly fields: readonly Field[];
  readonly body: Buffer;
  /** With what stood behind the sizes of chunks. */
  readonly trailers: Buffer;
}

/** A reader that is offered all bytes so far: how many are used, and the request once it is whole. */
export interface RequestReader {
  readonly feed: (seen: Buffer) => { readonly used: number; readonly request?: RawRequest };
  /** The head has come, asks for an interim answer, and the body has not begun. */
  readonly wantsInterim: () => boolean;
}

/** Thrown at what is no request within the bounds. */
export class NoRequest extends Error {}

const longestHead = 64 * 1024;
const longestBody = 256 * 1024;
const longestPreamble = 1_024;
const requestLine = /^([A-Z]{3,16}) (\S{1,8192}) HTTP\/(1\.[01])$/;

/** A reader for one request. */
export const createRequestReader = (): RequestReader => {
  let head: Omit<RawRequest, 'body' | 'trailers'> | undefined;
  let scanned = 0;
  let interim = false;
  const body = createBody();
  const feedHead = (seen: Buffer): number => {
    // The second version of the PROXY protocol begins with what else ends a head.
    const from = announcement(seen);
    const end = from === -1 ? 0 : endOfHead(seen, Math.max(from, scanned - 3));
    scanned = seen.length;
    if ((end === 0 ? seen.length : end) > longestHead) throw new NoRequest('a header over 64 KiB');
    if (end === 0) return 0;
    head = readHead(seen.subarray(0, end));
    body.begin(head.fields);
    interim = head.fields.some(({ name, value }) => name.toLowerCase() === 'expect' && /^100-continue$/i.test(value));
    return end;
  };
  return {
    wantsInterim: () => {
      const wants = interim;
      interim = false;
      return wants;
    },
    feed: (seen) => {
      const used = head === undefined ? feedHead(seen) : 0;
      if (head === undefined) return { used: 0 };
      const taken = body.push(seen.subarray(used));
      const whole = body.whole();
      return whole === undefined ? { used: used + taken } : { used: used + taken, request: { ...head, ...whole } };
    },
  };
};

/** Behind the blank line; 0 while it is missing. A line may end with LF alone (RFC 9112 §2.2): that is told, and no reason to hang up. */
const endOfHead = (seen: Buffer, from: number): number => {
  const ends = ['\n\r\n', '\n\n'].map((blank) => ({ at: seen.indexOf(blank, from, 'latin1'), blank }));
  const [end = 0] = ends.flatMap(({ at, blank }) => (at === -1 ? [] : [at + blank.length])).sort((a, b) => a - b);
  return end;
};

/** Reads a head with its blank line. Throws NoRequest where there is no request line. */
export const readHead = (bytes: Buffer): Omit<RawRequest, 'body' | 'trailers'> => {
  const from = preambleOf(bytes);
  const [start = '', ...lines] = bytes
    .toString('latin1', from)
    .replace(/\r?\n\r?\n$/, '')
    .split(/\r?\n/);
  const [, method = '', target = '', version = ''] = requestLine.exec(start) ?? [];
  if (method === '') throw new NoRequest('no request line');
  const fields = lines.flatMap((line) => parseField(line) ?? []);
  // The bytes are kept for minutes: they must not hold the pool they were read into.
  const head = Buffer.from(bytes.subarray(from));
  return { preamble: Buffer.from(bytes.subarray(0, from)), head, method, target, version, fields };
};

/** Where the request begins: behind a PROXY preamble of either version, or behind lines that are no request line. */
const preambleOf = (bytes: Buffer): number => {
  for (let at = Math.max(0, announcement(bytes)); at < Math.min(bytes.length, longestPreamble); ) {
    const end = bytes.indexOf('\n', at, 'latin1');
    if (end === -1 || requestLine.test(bytes.toString('latin1', at, end).replace(/\r$/, ''))) return at;
    at = end + 1;
  }
  return 0;
};

const createBody = () => {
  const pieces: Buffer[] = [];
  let size = 0;
  let reader: BodyReader | undefined;
  let trailers: Buffer | undefined;
  let extensions = '';
  return {
    begin: (fields: readonly Field[]): void => {
      const sink = {
        data: (bytes: Buffer): void => {
          size += bytes.length;
          if (size > longestBody) throw new NoRequest('a body over 256 KiB');
          pieces.push(Buffer.from(bytes));
        },
        extension: (text: string): void => {
          if (extensions.length < longestHead) extensions += `${text}\r\n`;
        },
        end: (all: readonly Field[]): void => {
          const lines = all.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
          trailers = Buffer.from(`${extensions}${lines}`, 'latin1');
        },
      };
      reader = readBody(framingOf(fields), sink);
    },
    push: (bytes: Buffer): number => {
      try {
        return reader?.push(bytes) ?? 0;
      } catch (thrown) {
        throw thrown instanceof Broken ? new NoRequest(thrown.message) : thrown;
      }
    },
    whole: () => (trailers === undefined ? undefined : { body: Buffer.concat(pieces), trailers }),
  };
};

const framingOf = (fields: readonly Field[]) => {
  const value = (name: string): string | undefined => fields.find((field) => field.name.toLowerCase() === name)?.value;
  if (/chunked/i.test(value('transfer-encoding') ?? '')) return { kind: 'chunked' } as const;
  const length = value('content-length');
  return length !== undefined && /^\d{1,9}$/.test(length)
    ? ({ kind: 'sized', length: Number(length) } as const)
    : ({ kind: 'none' } as const);
};
