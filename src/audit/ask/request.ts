/** Requests as they are put on the wire: every byte is known, so that whatever differs at the judge was changed on the way. */

import { type Endpoint, labelEndpoint } from '../../model/address.js';
import { type Field, writeHead } from '../../wire/http-head.js';
import type { Mode } from '../../model/audit.js';

/** A request, byte by byte. */
export interface Sent {
  readonly method: string;
  /** The path; what stands in the request line is that, or the whole URL. */
  readonly path: string;
  /** The whole URL is there and must arrive: nobody is on the way who would make a path of it. */
  readonly isWhole?: true;
  readonly fields: readonly Field[];
  readonly head: Buffer;
  readonly body: Buffer;
}

/** How a request is worded: as for a mode of a proxy, around every proxy, or as a proxy that forwards is asked where there is none. */
export type Wording = Mode | 'direct' | 'forward-direct';

/** What a request is made of. */
export interface Draft {
  readonly method: string;
  readonly path: string;
  readonly host: Endpoint;
  readonly mode: Wording;
  readonly fields: readonly Field[];
  readonly body: Buffer;
  readonly version?: '1.0' | '1.1';
  /** In chunks of this size instead of with a length. */
  readonly chunks?: number;
  /** The real login of the proxy, for forward mode. */
  readonly authorization?: string | undefined;
}

/** Writes a request: the whole URL for a proxy that forwards (RFC 9112 §3.2.2), else the path. */
export const compose = (draft: Draft): Sent => {
  const { method, path, host, mode, fields, body, chunks, authorization, version = '1.1' } = draft;
  const authority = authorityOf(host);
  const isWhole = mode === 'forward-direct';
  const target = isWhole || mode === 'forward' ? `http://${authority}${path}` : path;
  const framing: readonly Field[] =
    chunks !== undefined
      ? [{ name: 'Transfer-Encoding', value: 'chunked' }]
      : body.length > 0
        ? [{ name: 'Content-Length', value: String(body.length) }]
        : [];
  const all = [{ name: 'Host', value: authority }, ...fields, ...framing];
  const login: readonly Field[] =
    authorization === undefined ? [] : [{ name: 'Proxy-Authorization', value: authorization }];
  return {
    method,
    path,
    ...(isWhole ? { isWhole } : {}),
    fields: all,
    head: writeHead({ start: `${method} ${target} HTTP/${version}`, fields: [...all, ...login] }),
    body: chunks === undefined ? body : chunked(body, chunks),
  };
};

const authorityOf = (host: Endpoint): string => labelEndpoint(host).replace(/:80$/, '');

const chunked = (body: Buffer, size: number): Buffer => {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`, 'latin1'), piece, Buffer.from('\r\n', 'latin1'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n', 'latin1')]);
};

/** What a browser sends, with names in an order and a case that no program would choose again, and one field twice. */
export const browserFields = (random: () => string): readonly Field[] => [
  { name: 'User-Agent', value: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' },
  { name: 'aCCept', value: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' },
  { name: `X-${random().slice(0, 8)}`, value: random() },
  { name: 'Accept-Language', value: 'en-US,en;q=0.5' },
  { name: 'Cookie', value: `sid=${random()}; theme=${random().slice(0, 6)}` },
  { name: 'ReferER', value: `http://www.example.com/${random().slice(0, 10)}` },
  { name: 'DNT', value: '1' },
  { name: 'accept-ENCODING', value: 'identity' },
  { name: 'TE', value: 'trailers' },
  { name: 'x-Twice', value: 'one' },
  { name: 'x-Twice', value: 'two' },
  { name: 'Connection', value: 'keep-alive' },
];

/** What a plain tool sends. */
export const toolFields: readonly Field[] = [
  { name: 'User-Agent', value: 'curl/8.5.0' },
  { name: 'Accept', value: '*/*' },
];
