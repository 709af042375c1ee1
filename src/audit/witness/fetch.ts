/** Fetches a page of others once: bounded in time and bytes, without redirects, with nothing in the request that tells who asks. */

import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Millis } from '../../model/brand.js';
import { KaskadeError, fail } from '../../model/error.js';
import { type Cancel, deadline, reasonOf, whenAborted } from '../../net/cancel.js';
import { doubtIn } from '../../net/secure.js';
import { shown } from '../ask/text.js';

/** The way to a page. Nothing is sent before what it gives is ended. */
export interface PageRoad {
  readonly request: (url: URL, options: RequestOptions, cancel: Cancel) => Promise<ClientRequest>;
  /** Ends what is still open. */
  readonly close: () => void;
}

/** What came. */
export type Fetched =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: Buffer;
      /** Some cache between says that it had it already. */
      readonly isKept: boolean;
      /** It asks for a pause. */
      readonly isLimited: boolean;
    }
  /** TLS was answered with a certificate that cannot be verified. */
  | { readonly kind: 'untrusted'; readonly note: string }
  /** Nothing; with the status of the proxy, where that has refused. */
  | { readonly kind: 'nothing'; readonly note: string; readonly status?: number };

/** What is fetched, and by which way. */
export interface Fetching {
  readonly url: URL;
  readonly road: PageRoad;
  readonly within: Millis;
  /** Whether the proxy speaks TLS itself: whose certificate is meant is known only behind its yes. */
  readonly behindTls: boolean;
  /** Asked in the words in which a proxy is: the whole URL stands in the request line (RFC 9112 §3.2.2). */
  readonly isWhole?: boolean;
}

/** So much of a body is read. */
const mostBytes = 64 * 1_024;

/** The fields of a request, in the order in which they are sent. */
export const sentFields = ({ host }: URL): Readonly<Record<string, string>> => ({
  Host: host,
  'User-Agent': 'Mozilla/5.0',
  Accept: '*/*',
  'Accept-Encoding': 'identity',
  'Cache-Control': 'no-cache',
  Connection: 'close',
});

/** Fetches; what keeps an answer from coming is told. Rejects only with the reason of `called`. */
export const fetchPage = async (fetching: Fetching, called: Cancel): Promise<Fetched> => {
  const { url, road, within } = fetching;
  const limit = deadline(within, () => fail('answer-timeout', { note: `nothing in ${within / 1_000} s` }), called);
  const course: Course = { isThrough: !fetching.behindTls };
  try {
    const response = await ask(fetching, course, limit);
    return answerOf(response, await bodyOf(response, limit));
  } catch (thrown) {
    if (called.signal.aborted) throw reasonOf(called);
    const doubt = url.protocol === 'https:' && course.isThrough ? doubtOf(thrown, url) : undefined;
    if (doubt !== undefined) return { kind: 'untrusted', note: doubt };
    const { refusal } = course;
    return { kind: 'nothing', note: noteOf(thrown), ...(refusal === undefined ? {} : { status: refusal }) };
  } finally {
    limit.done();
    road.close();
  }
};

interface Course {
  /** Whether TLS that is spoken from now on is that of the page. */
  isThrough: boolean;
  /** With what the proxy has refused a tunnel. */
  refusal?: number | undefined;
}

const ask = async (
  { url, road, isWhole = false }: Fetching,
  course: Course,
  limit: Cancel,
): Promise<IncomingMessage> => {
  const headers = sentFields(url);
  const path = isWhole ? { path: url.href } : {};
  const request = await road.request(url, { method: 'GET', headers, setHost: false, ...path }, limit);
  return new Promise((resolve, reject) => {
    const forget = whenAborted(limit, () => {
      request.destroy(reasonOf(limit));
      reject(reasonOf(limit));
    });
    request.once('proxyConnect', ({ statusCode }: { readonly statusCode?: number }) => {
      course.isThrough = statusCode === 200;
      course.refusal = course.isThrough ? undefined : statusCode;
    });
    request.on('response', (response) => {
      forget();
      resolve(response);
    });
    request.on('error', (thrown) => {
      forget();
      reject(thrown);
    });
    request.end();
  });
};

/** Its first bytes. */
const bodyOf = async (response: IncomingMessage, limit: Cancel): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  let size = 0;
  const forget = whenAborted(limit, () => response.destroy(reasonOf(limit)));
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      pieces.push(chunk);
      size += chunk.length;
      if (size >= mostBytes) break;
    }
  } finally {
    forget();
    response.destroy();
  }
  return Buffer.concat(pieces).subarray(0, mostBytes);
};

const answerOf = ({ statusCode = 0, headers }: IncomingMessage, body: Buffer): Fetched => {
  const said = [headers['x-cache'], headers['cf-cache-status'], headers['x-cache-lookup']].flat().join(' ');
  const isKept = /\bhit\b/i.test(said) || Number(headers.age ?? 0) > 0;
  const isLimited = statusCode === 429 || headers['retry-after'] !== undefined;
  return { kind: 'answer', status: statusCode, body, isKept, isLimited };
};

const codeOf = (thrown: unknown): string => (thrown as { readonly code?: unknown } | undefined)?.code?.toString() ?? '';

const doubtOf = (thrown: unknown, { hostname }: URL): string | undefined => {
  if (!(thrown instanceof KaskadeError)) return doubtIn(codeOf(thrown), hostname);
  return thrown.code === 'hop-untrusted' ? (thrown.failure.note ?? 'it is not trusted') : undefined;
};

/** A few words; those of other programs are not repeated, which may have a login in them. */
const noteOf = (thrown: unknown): string => {
  if (thrown instanceof KaskadeError) return shown(thrown.failure.note ?? thrown.code, 100);
  const code = codeOf(thrown);
  return /^[A-Z_]{3,40}$/.test(code) ? code : 'no answer';
};
