/** The head of a request as a client sends it, read strictly (RFC 9112 §3 and §6). */

import { fail } from '../model/error.js';
import type { Framing } from './http-body.js';
import { type Field, endOfHead, hasBareLf, listOf, longestHead, mostFields, parseHead, valuesOf } from './http-head.js';

/** A request line, the fields under it, and how the end of the body is known. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly fields: readonly Field[];
  readonly framing: Framing;
}

/** RFC 9110 §9.1 lets a method be any token; all known ones are capitals, and what is left of a body that was cut wrongly is not. */
const requestLine = /^([A-Z][A-Z_-]{0,31}) ([\x21-\x7e]+) HTTP\/(1\.[01])$/;

/**
 * How many of the bytes `seen` make up a head, blank line included; 0 while it is incomplete. The first `scanned` bytes were
 * looked at before. Throws `header-too-large`, and `bad-request` at a line without CR, since no end of such a head would ever be found.
 */
export const measureRequestHead = (seen: Buffer, scanned: number): number => {
  const found = seen.indexOf(endOfHead, Math.max(0, scanned - endOfHead.length));
  const length = found === -1 ? seen.length : found + endOfHead.length;
  if (length > longestHead) throw fail('header-too-large', { note: 'over 64 KiB' });
  if (hasBareLf(seen.subarray(0, length), scanned)) throw fail('bad-request', { note: 'a line without CR' });
  return found === -1 ? 0 : length;
};

/** Reads a whole head. Throws `bad-request` at whatever two readers might see differently, and `header-too-large` at more than 200 fields. */
export const parseRequestHead = (bytes: Buffer): RequestHead => {
  const head = parseHead(bytes);
  if (head === undefined) throw headFailure(bytes);
  const [, method, target, version] = requestLine.exec(head.start) ?? [];
  if (method === undefined || target === undefined) throw fail('bad-request', { note: 'the request line' });
  const { fields } = head;
  const old = version === '1.0';
  return { method, target, version: old ? '1.0' : '1.1', fields, framing: framingOf(fields, old) };
};

/** Whether the client means to use its connection again (RFC 9112 §9.3); `Proxy-Connection` is how old clients say it to a proxy. */
export const persists = ({ version, fields }: RequestHead): boolean => {
  const wishes = [...listOf(fields, 'connection'), ...listOf(fields, 'proxy-connection')];
  return !wishes.includes('close') && (version === '1.1' || wishes.includes('keep-alive'));
};

const headFailure = (bytes: Buffer): Error => {
  const fields = bytes.toString('latin1').split('\r\n').length - 3;
  if (fields > mostFields) return fail('header-too-large', { note: `${fields} fields` });
  return fail('bad-request', { note: 'the header' });
};

/** RFC 9112 §6.3, and stricter: Transfer-Encoding in HTTP/1.0 or beside Content-Length, any coding but one `chunked`, a length said twice. */
const framingOf = (fields: readonly Field[], old: boolean): Framing => {
  const lengths = valuesOf(fields, 'content-length');
  const codings = valuesOf(fields, 'transfer-encoding');
  if (codings.length > 0) {
    if (old || lengths.length > 0 || !isChunkedOnce(codings)) throw fail('bad-request', { note: 'Transfer-Encoding' });
    return { kind: 'chunked' };
  }
  const [length = '0', ...others] = lengths;
  if (others.length > 0 || !/^\d{1,15}$/.test(length)) throw fail('bad-request', { note: 'Content-Length' });
  return Number(length) === 0 ? { kind: 'none' } : { kind: 'sized', length: Number(length) };
};

const isChunkedOnce = ([coding = '', ...others]: readonly string[]): boolean =>
  others.length === 0 && coding.toLowerCase() === 'chunked';
