/** Answers to plain HTTP requests as they come back through a tunnel: heads, interim answers, bodies (RFC 9112). */

import { type Blame } from '../model/blame.js';
import { fail } from '../model/error.js';
import { type BodyReader, Broken, type Framing, readBody } from './http-body.js';
import { type Field, type Head, endOfHead, hasBareLf, listOf, longestHead, parseHead, valuesOf } from './http-head.js';

/** The head of an answer. */
export interface ResponseHead {
  readonly version: '1.0' | '1.1';
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
  readonly framing: Framing;
}

/** Takes what is found in the answer to one request, in order: any interim heads, one head, data, the end. */
export interface ResponseSink {
  readonly interim: (head: ResponseHead) => void;
  readonly head: (head: ResponseHead) => void;
  readonly data: (bytes: Buffer) => void;
  readonly end: (trailers: readonly Field[]) => void;
}

/** Reads the answer to one request. */
export interface ResponseReader {
  /** Takes bytes and returns how many belong to this answer. Throws `answer-garbled`. A 101 ends the answer at its head. */
  readonly push: (bytes: Buffer) => number;
  /** Tells that the stream ended. Throws `answer-missing` where the answer is not complete with that. */
  readonly close: () => void;
  /** Whether anything at all has come back. */
  readonly begun: () => boolean;
}

const mostInterim = 16;
const blame: Blame = { reporter: 0, suspect: 'target', phase: 'first-byte' };
const garbled = (note: string) => fail('answer-garbled', { blame, note });

/** A reader for the answer to a request of that method. */
export const readResponse = (method: string, sink: ResponseSink): ResponseReader => {
  let seen = Buffer.alloc(0);
  let begun = false;
  let interims = 0;
  let body: BodyReader | undefined;

  const onHead = (bytes: Buffer): void => {
    const head = readHead(bytes, method);
    if (head.status >= 200 || head.status === 101) {
      sink.head(head);
      body = readBody(head.framing, sink);
      body.push(Buffer.alloc(0));
      return;
    }
    interims += 1;
    if (interims > mostInterim) throw garbled('more than 16 interim answers');
    sink.interim(head);
  };

  /** Takes head bytes; heads may arrive in pieces, so what is not used yet is kept. Returns how many of `bytes` were used. */
  const pushHead = (bytes: Buffer): number => {
    const before = seen.length;
    seen = Buffer.concat([seen, bytes]);
    const end = seen.indexOf(endOfHead, Math.max(0, before - 3));
    if ((end === -1 ? seen.length : end) > longestHead) throw garbled('a header over 64 KiB');
    refuseStrange(seen);
    if (end === -1) {
      if (hasBareLf(seen, before)) throw garbled('a line without CR');
      return bytes.length;
    }
    const head = seen.subarray(0, end + endOfHead.length);
    seen = Buffer.alloc(0);
    onHead(head);
    return head.length - before;
  };

  return {
    push: (bytes) => {
      begun ||= bytes.length > 0;
      let used = 0;
      while (used < bytes.length && body === undefined) used += pushHead(bytes.subarray(used));
      return body === undefined ? used : used + guarded(body, bytes.subarray(used));
    },
    close: () => {
      if (body?.close() !== true) throw fail('answer-missing', { blame, ...(begun ? { note: 'cut off' } : {}) });
    },
    begun: () => begun,
  };
};

const guarded = (body: BodyReader, bytes: Buffer): number => {
  try {
    return body.push(bytes);
  } catch (thrown) {
    throw thrown instanceof Broken ? garbled(thrown.message) : thrown;
  }
};

const readHead = (bytes: Buffer, method: string): ResponseHead => {
  const head = parseHead(bytes);
  const [, version, status, reason = ''] = /^HTTP\/(1\.[01]) (\d{3})(?: (.*))?$/.exec(head?.start ?? '') ?? [];
  // What it says is not repeated: a last hop that forwards may answer with the login that it was sent.
  if (head === undefined || status === undefined || Number(status) < 100) throw garbled('a malformed header');
  return {
    version: version === '1.0' ? '1.0' : '1.1',
    status: Number(status),
    reason,
    fields: head.fields,
    framing: framingOf(head, Number(status), { method, old: version === '1.0' }),
  };
};

/** RFC 9112 §6.3, and stricter: see refuseAmbiguous. */
const framingOf = (
  { fields }: Head,
  status: number,
  { method, old }: { readonly method: string; readonly old: boolean },
): Framing => {
  refuseAmbiguous(fields, old);
  const [length] = valuesOf(fields, 'content-length');
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' };
  if (valuesOf(fields, 'transfer-encoding').length > 0) return { kind: 'chunked' };
  return length === undefined ? { kind: 'until-close' } : { kind: 'sized', length: Number(length) };
};

/** Transfer-Encoding beside Content-Length or in HTTP/1.0, anything in it but `chunked`, or two lengths: two readers may differ. */
const refuseAmbiguous = (fields: readonly Field[], old: boolean): void => {
  const encoded = valuesOf(fields, 'transfer-encoding').length > 0;
  const lengths = valuesOf(fields, 'content-length');
  if (encoded && (lengths.length > 0 || old || listOf(fields, 'transfer-encoding').join() !== 'chunked'))
    throw garbled('Transfer-Encoding');
  if (lengths.length > 1 || lengths.some((length) => !/^\d{1,15}$/.test(length))) throw garbled('Content-Length');
};

const firstBytes = Buffer.from('HTTP/1.', 'latin1');

/** Says so at once when what comes is not HTTP/1.x at all. */
const refuseStrange = (seen: Buffer): void => {
  const known = Math.min(seen.length, firstBytes.length);
  if (seen.compare(firstBytes, 0, known, 0, known) !== 0) throw garbled('not an HTTP/1.x answer');
};
