/** Fetches a list over HTTP: bounded in time, bytes and redirects, with nothing in the request that tells who asks. */

import type { IncomingMessage } from 'node:http';
import { hostText } from '../../model/address.js';
import { type Millis, millis } from '../../model/brand.js';
import { KaskadeError, asKaskadeError, fail } from '../../model/error.js';
import { privateKind } from '../../model/private.js';
import { type Cancel, type StepLimit, deadline, stepLimit, whenAborted, reasonOf } from '../../net/cancel.js';
import { type Road, endpointOf } from './road.js';

/** What is known of a list from the last time, to be told to its host. */
export interface Version {
  readonly etag?: string;
  readonly modified?: string;
}

/** What a fetch may take. */
export interface FetchLimits {
  /** From the first connection to the last byte. */
  readonly whole: Millis;
  /** Without a byte. */
  readonly idle: Millis;
  /** Bytes as they come over the wire. */
  readonly bytes: number;
  readonly redirects: number;
}

/** 10 minutes, 30 s, 64 MiB, 5. */
export const usualLimits: FetchLimits = {
  ...{ whole: millis(600_000), idle: millis(30_000) },
  ...{ bytes: 64 * 2 ** 20, redirects: 5 },
};

/** An answer: a list that is still coming, or that the last one still holds. */
export type Answer = { readonly kind: 'unchanged' } | ListAnswer;

/** A list that is still coming. */
export interface ListAnswer {
  readonly kind: 'list';
  readonly chunks: AsyncIterable<Buffer>;
  readonly version: Version;
  /** Nothing in the answer says where it ends: whoever cuts the connection cuts the list (RFC 9112 §6.3, number 8). */
  readonly endless: boolean;
  /** For who does not read to the end. */
  readonly close: () => void;
}

/** What is to be fetched, and how. */
export interface Wanted {
  readonly url: URL;
  readonly road: Road;
  readonly known: Version;
  readonly limits: FetchLimits;
}

/** Reads a URL that a list is to come from. Throws `bad-usage` for what is none, for other schemes and for logins, which would be kept. */
export const parseListUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw fail('bad-usage', { note: 'A list comes from an http:// or https:// URL.' });
  if (url.username !== '' || url.password !== '')
    throw fail('bad-usage', {
      note: 'A URL with a login is refused, since sources are kept and shown: fetch such a list by hand.',
    });
  url.hash = '';
  endpointOf(url);
  return url;
};

/**
 * Fetches; the limits hold until the last chunk was read, and everything is closed after it. Rejects, here or while chunks are
 * read, with `list-unreachable`, `list-refused`, `list-not-a-list`, the signal's reason, or what kept the road from being taken.
 */
export const fetchList = async ({ url, road, known, limits }: Wanted, cancel: Cancel): Promise<Answer> => {
  const whole = deadline(limits.whole, () => late(limits.whole), cancel);
  const step = stepLimit(() => late(limits.idle), whole);
  const end = (): void => {
    step.done();
    whole.done();
    road.close();
  };
  try {
    const response = await follow({ url, road, known, limits }, step);
    if (response.statusCode === 304 && (known.etag ?? known.modified) !== undefined) {
      end();
      return { kind: 'unchanged' };
    }
    refuseWrong(response);
    const close = (): void => {
      response.destroy();
      end();
    };
    const chunks = bodyOf(response, limits, { step, close });
    return { kind: 'list', chunks, version: versionOf(response), endless: isEndless(response), close };
  } catch (thrown) {
    end();
    throw wordsFor(thrown, step);
  }
};

const late = (span: Millis) => fail('list-unreachable', { note: `nothing more came for ${Math.ceil(span / 1000)} s` });

const follow = async ({ url, road, known, limits }: Wanted, step: StepLimit): Promise<IncomingMessage> => {
  let at = url;
  for (let hop = 0; hop <= limits.redirects; hop += 1) {
    step.step(limits.idle);
    // What one host has said of its version is not told to another.
    const response = await ask(at, road, { headers: headersFor(at, at.origin === url.origin ? known : {}), step });
    const { location } = response.headers;
    if (!redirects.has(response.statusCode ?? 0) || location === undefined) return response;
    response.destroy();
    at = nextOf(location, at, url);
  }
  throw fail('list-refused', { note: `it redirects more than ${limits.redirects} times` });
};

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Never to another scheme but from http to https, and from a public host to public ones only. */
const nextOf = (location: string, from: URL, first: URL): URL => {
  const next = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (next === undefined || !/^https?:$/.test(next.protocol))
    throw fail('list-refused', { note: 'it redirects to something that is no web page' });
  if (from.protocol === 'https:' && next.protocol !== 'https:')
    throw fail('list-refused', { note: 'it redirects from https to http' });
  next.username = '';
  next.password = '';
  const [kind, usual] = [next, first].map((url) => privateKind(endpointOf(url).host));
  if (kind !== undefined && usual === undefined)
    throw fail('list-refused', {
      note: `it redirects to ${hostText(endpointOf(next).host)}, which is not public (${kind})`,
    });
  return next;
};

/** What everybody sends; no version, no system, no language. */
const headersFor = ({ host }: URL, { etag, modified }: Version): Readonly<Record<string, string>> => ({
  Host: host,
  'User-Agent': 'Mozilla/5.0',
  Accept: '*/*',
  'Accept-Encoding': 'gzip',
  ...(etag === undefined ? {} : { 'If-None-Match': etag }),
  ...(modified === undefined ? {} : { 'If-Modified-Since': modified }),
  Connection: 'close',
});

interface Asking {
  readonly headers: Readonly<Record<string, string>>;
  readonly step: StepLimit;
}

const ask = async (url: URL, road: Road, { headers, step }: Asking): Promise<IncomingMessage> => {
  const request = await road.request(url, { method: 'GET', headers, setHost: false }, step);
  return new Promise((resolve, reject) => {
    const forget = whenAborted(step, () => {
      // A request that waits for an agent does not tell that it was ended.
      request.destroy(reasonOf(step));
      reject(reasonOf(step));
    });
    request.on('response', (response) => {
      response.once('close', forget);
      resolve(response);
    });
    request.on('error', (thrown) => {
      forget();
      reject(thrown);
    });
    request.end();
  });
};

const refuseWrong = ({ statusCode = 0, headers }: IncomingMessage): void => {
  if (statusCode !== 200) throw fail('list-refused', { note: `what was asked for is answered with ${statusCode}` });
  const type = headers['content-type'] ?? '';
  if (/^\s*(?:image|audio|video|font|multipart)\/|^\s*application\/(?:pdf|zip|java|wasm)/i.test(type))
    throw fail('list-not-a-list', {
      note: `it is sent as ${/^[\w./+-]{1,60}/.exec(type.trim())?.[0] ?? 'something else'}`,
    });
  const coding = headers['content-encoding'] ?? 'identity';
  // gzip is known by its first bytes, and unpacked where lists are read.
  if (!/^(?:x-)?gzip$|^identity$/i.test(coding.trim()))
    throw fail('list-refused', { note: 'it is packed in a way that was not asked for' });
};

/** gzip has an end of its own (RFC 1952 §2.3.1). */
const isEndless = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] === undefined &&
  headers['transfer-encoding'] === undefined &&
  !/gzip/i.test(headers['content-encoding'] ?? '');

/** What is long, or more than plain letters, is not kept. */
const versionOf = ({ headers: { etag, 'last-modified': modified } }: IncomingMessage): Version => ({
  ...(etag !== undefined && isPlain.test(etag) ? { etag } : {}),
  ...(modified !== undefined && isPlain.test(modified) ? { modified } : {}),
});

const isPlain = /^[\x20-\x7e]{1,200}$/;

async function* bodyOf(
  response: IncomingMessage,
  { bytes, idle }: FetchLimits,
  { step, close }: { readonly step: StepLimit; readonly close: () => void },
): AsyncGenerator<Buffer> {
  let sum = 0;
  const forget = whenAborted(step, () => response.destroy(reasonOf(step)));
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      step.step(idle);
      sum += chunk.length;
      if (sum > bytes) throw fail('list-refused', { note: `it has more than ${bytes} bytes` });
      yield chunk;
    }
    if (!response.complete) throw fail('list-unreachable', { note: 'it ends before its end' });
  } catch (thrown) {
    throw wordsFor(thrown, step);
  } finally {
    forget();
    close();
  }
}

/** A failure in the program's own words; TLS speaks of hops where it means the host of the list. */
const wordsFor = (thrown: unknown, step: Cancel): KaskadeError => {
  if (step.signal.aborted) return reasonOf(step);
  if (!(thrown instanceof KaskadeError)) return httpFailure(thrown);
  if (!/^hop-(?:untrusted|tls)/.test(thrown.code)) return thrown;
  return fail('list-unreachable', { note: `its certificate: ${thrown.failure.note ?? 'it is not trusted'}` }, thrown);
};

const httpFailure = (thrown: unknown): KaskadeError => {
  const { code = '' } = thrown as { readonly code?: string };
  if (code === 'HPE_HEADER_OVERFLOW') return fail('list-refused', { note: 'its headers are endless' }, thrown);
  if (code.startsWith('HPE_')) return fail('list-refused', { note: 'it is not HTTP' }, thrown);
  const isCut = thrown instanceof Error && thrown.message.includes('aborted');
  const note = isCut ? 'it ends before its end' : code;
  return fail('list-unreachable', /^[A-Za-z_ ]{3,40}$/.test(note) ? { note } : {}, asKaskadeError(thrown));
};
