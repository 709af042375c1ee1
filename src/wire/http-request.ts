/** A plain HTTP request as it goes on: the client's own fields in their order and case, without what was meant for a proxy (RFC 9110 §7.6.1). */

import { type Endpoint, excerpt, labelEndpoint, parseEndpoint } from '../model/address.js';
import type { Port } from '../model/brand.js';
import { fail } from '../model/error.js';
import { type Field, listOf, valuesOf, writeHead } from './http-head.js';

/** A request in absolute form, split into where to and what for. */
export interface PlainTarget {
  readonly endpoint: Endpoint;
  /** The request-target in origin form, `/path?query`, or `*`. */
  readonly path: string;
  /** The absolute form, for a hop that forwards. */
  readonly absolute: string;
}

/** Fields that end at the next HTTP reader, whoever names them. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** What `Connection` may name besides, without harm: fields that carry meaning for the other end stay. */
const endToEnd = new Set(
  (
    'accept age allow authorization cookie cookie2 date etag expect expires from host location max-forwards ' +
    'origin pragma range referer server set-cookie trailer user-agent vary'
  ).split(' '),
);
const endToEndFamily = /^(?:accept|authentication|cache|content|if|last|sec|www)-/;

/** The absolute form, and the characters of a URL without its fragment: only without a `#` does the form not backtrack. */
const absoluteForm = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^#]*)$/i;
const urlText = /^[\x21-\x22\x24-\x7e]*$/;
const httpPort = 80 as Port;

/** Splits the target of a request to a proxy. Throws `bad-request` or `bad-name`; a Host field that says another place is refused. */
export const splitAbsolute = (url: string, method: string, hosts: readonly string[]): PlainTarget => {
  const { authority, path } = splitUrl(url);
  refuseOtherHost(authority, hosts);
  const endpoint = parseEndpoint(authority, httpPort);
  const origin = path.startsWith('/') ? path : `/${path}`;
  // RFC 9112 §3.2.4: the last proxy makes `*` of an empty path, so one that forwards must see that it is empty.
  const asterisk = path === '' && method === 'OPTIONS';
  return {
    endpoint,
    path: asterisk ? '*' : origin,
    absolute: `http://${authorityOf(endpoint)}${asterisk ? '' : origin}`,
  };
};

const splitUrl = (url: string): { readonly authority: string; readonly path: string } => {
  const [, scheme, authority = '', path = ''] = (urlText.test(url) ? absoluteForm.exec(url) : null) ?? [];
  if (scheme === undefined) throw fail('bad-request', { note: 'the target is not an absolute http:// URL' });
  if (!/^(?:http|ws)$/i.test(scheme))
    throw fail('bad-request', { note: `scheme ${excerpt(scheme)}; use CONNECT for it` });
  if (authority.includes('@')) throw fail('bad-request', { note: 'user information in the target' });
  return { authority, path };
};

/** The fields that go on. `Transfer-Encoding: chunked` and a WebSocket upgrade are the exchange's own affair: `keep` names them. */
export const onwardFields = (fields: readonly Field[], keep: readonly string[] = []): readonly Field[] => {
  const named = new Set(
    listOf(fields, 'connection').filter((name) => !endToEnd.has(name) && !endToEndFamily.test(name)),
  );
  return fields.filter(({ name }) => {
    const lower = name.toLowerCase();
    return keep.includes(lower) || !(hopByHop.has(lower) || named.has(lower));
  });
};

/** The bytes of a request head. */
export const writeRequest = (
  request: { readonly method: string; readonly target: string; readonly version: string },
  fields: readonly Field[],
): Buffer => writeHead({ start: `${request.method} ${request.target} HTTP/${request.version}`, fields });

/** Pairs up the flat list of names and values that Node gives for a message. */
export const fieldsOf = (raw: readonly string[]): readonly Field[] => {
  const fields: Field[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) fields.push({ name: raw[at] ?? '', value: raw[at + 1] ?? '' });
  return fields;
};

/** Whether a request asks for a WebSocket and for nothing else (RFC 6455 §4.1). */
export const asksForWebSocket = (fields: readonly Field[]): boolean =>
  listOf(fields, 'connection').includes('upgrade') && listOf(fields, 'upgrade').join() === 'websocket';

const refuseOtherHost = (authority: string, hosts: readonly string[]): void => {
  if (hosts.length > 1) throw fail('bad-request', { note: 'more than one Host' });
  const [host] = hosts;
  if (host !== undefined && withPort(host) !== withPort(authority)) {
    throw fail('bad-request', { note: `Host ${excerpt(host)} is not the target ${excerpt(authority)}` });
  }
};

/** The endpoint that the rules have seen, in the shortest form: what is forwarded is never read as another one. */
const authorityOf = (endpoint: Endpoint): string =>
  endpoint.port === httpPort ? labelEndpoint(endpoint).slice(0, -':80'.length) : labelEndpoint(endpoint);

const withPort = (authority: string): string => {
  try {
    return labelEndpoint(parseEndpoint(authority.toLowerCase(), httpPort));
  } catch {
    return `not a host: ${authority}`;
  }
};

/** The values of Host, for splitAbsolute. */
export const hostsOf = (fields: readonly Field[]): readonly string[] => valuesOf(fields, 'host');
