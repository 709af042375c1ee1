/** The client half of HTTP CONNECT (RFC 9110 §9.3.6): what to ask a hop, and how to read its answer. */

import { type Endpoint, labelEndpoint } from '../model/address.js';
import { fail } from '../model/error.js';
import type { FailureCode } from '../model/failure.js';
import { type Exchange, longestAnswer } from './exchange.js';
import { endOfHead, hasBareLf, parseHead } from './http-head.js';

const firstBytes = Buffer.from('HTTP/1.', 'latin1');
const mostInterim = 16;
const statusLine = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/;

/** The request for a tunnel onward. `authorization` is the whole value of Proxy-Authorization. */
export const askConnect = (onward: Endpoint, authorization?: string): readonly Exchange[] => {
  const authority = labelEndpoint(onward);
  const login = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  const ask = Buffer.from(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${login}\r\n`, 'latin1');
  return [{ phase: 'request', ask, answer: answerReader(authorization !== undefined) }];
};

/** The value of Proxy-Authorization for a user name and a password (RFC 7617, UTF-8). */
export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;

/** Reads the final answer and any interim (1xx) ones before it. Looks at each byte once, however few arrive at a time. */
const answerReader = (loggedIn: boolean): Exchange['answer'] => {
  let begin = 0;
  let scanned = 0;
  let interims = 0;
  return (seen) => {
    for (;;) {
      const end = findEnd(seen, begin, scanned);
      scanned = seen.length;
      if (end === 0) return 0;
      const status = readStatus(seen.subarray(begin, end));
      if (status >= 200) {
        judge(status, loggedIn);
        return end;
      }
      interims += 1;
      if (status === 101) throw fail('hop-garbled', { note: 'HTTP 101 to CONNECT' });
      if (interims > mostInterim) throw fail('hop-oversized', { note: `more than ${mostInterim} interim answers` });
      begin = end;
      scanned = end;
    }
  };
};

/** Where the head that begins at `begin` ends, blank line included; 0 while it is incomplete. `scanned` bytes were seen before. */
const findEnd = (seen: Buffer, begin: number, scanned: number): number => {
  const known = Math.min(seen.length - begin, firstBytes.length);
  if (seen.compare(firstBytes, 0, known, begin, begin + known) !== 0)
    throw fail('hop-garbled', { note: 'not an HTTP/1.x answer' });
  const found = seen.indexOf(endOfHead, Math.max(begin, scanned - endOfHead.length));
  const end = found === -1 ? seen.length : found + endOfHead.length;
  if (end > longestAnswer) throw fail('hop-oversized', { note: 'header over 64 KiB' });
  if (found === -1 && hasBareLf(seen, Math.max(begin, scanned)))
    throw fail('hop-garbled', { note: 'a line without CR' });
  return found === -1 ? 0 : end;
};

const readStatus = (bytes: Buffer): number => {
  const head = parseHead(bytes);
  const status = statusLine.exec(head?.start ?? '')?.[1];
  if (status === undefined || Number(status) < 100) throw fail('hop-garbled', { note: 'a malformed HTTP answer' });
  return Number(status);
};

/**
 * Any 2xx opens the tunnel. What else a status means is told as a failure of the edge to what was asked for. The reason behind
 * it is not repeated: it may be the login that was just sent.
 */
const judge = (status: number, loggedIn: boolean): void => {
  if (status < 300) return;
  const told = { status, note: `HTTP ${status}` };
  // tinyproxy says 401 to a wrong login; nobody but the proxy can answer a CONNECT.
  if (status === 407 || status === 401) throw fail(loggedIn ? 'hop-auth-refused' : 'hop-auth-missing', told);
  throw fail(refusalOf(status), told);
};

const refusalOf = (status: number): FailureCode => {
  if (status === 408 || status === 504) return 'onward-timeout';
  if (status === 404 || status === 502 || status === 503) return 'onward-unreachable';
  return status < 500 || status === 501 ? 'onward-denied' : 'onward-failed';
};
