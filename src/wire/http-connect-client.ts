/** The client half of HTTP CONNECT (RFC 9110 §9.3.6): what to ask a hop, and how to read its answer. */

import { type Endpoint, excerpt, labelEndpoint } from '../model/address.js';
import { fail } from '../model/error.js';
import type { FailureCode } from '../model/failure.js';
import { type Exchange, longestAnswer } from './exchange.js';
import { endOfHead, parseHead } from './http-head.js';

const firstBytes = Buffer.from('HTTP/1.', 'latin1');
const statusLine = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/;

/** The request for a tunnel onward. `authorization` is the whole value of Proxy-Authorization. */
export const askConnect = (onward: Endpoint, authorization?: string): readonly Exchange[] => {
  const authority = labelEndpoint(onward);
  const login = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  const ask = Buffer.from(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${login}\r\n`, 'latin1');
  return [{ phase: 'request', ask, answer: (seen) => readAnswer(seen, authorization !== undefined) }];
};

/** The value of Proxy-Authorization for a user name and a password (RFC 7617, UTF-8). */
export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;

/** Bytes used by the final answer and any interim (1xx) ones before it, 0 while it is incomplete. */
const readAnswer = (seen: Buffer, loggedIn: boolean): number => {
  let used = 0;
  for (;;) {
    const rest = seen.subarray(used);
    const end = findEnd(rest, used);
    if (end === 0) return 0;
    used += end;
    const { status, reason } = readStatus(rest.subarray(0, end));
    if (status >= 200) {
      judge(status, reason, loggedIn);
      return used;
    }
    if (status === 101) throw fail('hop-garbled', { note: 'HTTP 101 to CONNECT' });
  }
};

/** Length of the head at the front, blank line included; 0 while it is incomplete. */
const findEnd = (rest: Buffer, before: number): number => {
  const known = Math.min(rest.length, firstBytes.length);
  if (rest.compare(firstBytes, 0, known, 0, known) !== 0) throw fail('hop-garbled', { note: 'not an HTTP/1.x answer' });
  const end = rest.indexOf(endOfHead);
  const length = end === -1 ? rest.length : end + endOfHead.length;
  if (before + length > longestAnswer) throw fail('hop-oversized', { note: 'header over 64 KiB' });
  return end === -1 ? 0 : length;
};

const readStatus = (bytes: Buffer): { readonly status: number; readonly reason: string } => {
  const head = parseHead(bytes);
  const [, status, reason = ''] = statusLine.exec(head?.start ?? '') ?? [];
  if (status === undefined || Number(status) < 100) throw fail('hop-garbled', { note: 'a malformed HTTP answer' });
  return { status: Number(status), reason: excerpt(reason) };
};

/** Any 2xx opens the tunnel. What else a status means is told as a failure of the edge to what was asked for. */
const judge = (status: number, reason: string, loggedIn: boolean): void => {
  if (status < 300) return;
  const note = `HTTP ${status} ${reason}`.trim();
  if (status === 407) throw fail(loggedIn ? 'hop-auth-refused' : 'hop-auth-missing', { note });
  throw fail(refusalOf(status), { note });
};

const refusalOf = (status: number): FailureCode => {
  if (status === 408 || status === 504) return 'onward-timeout';
  if (status === 404 || status === 502 || status === 503) return 'onward-unreachable';
  return status < 500 || status === 501 ? 'onward-denied' : 'onward-failed';
};
