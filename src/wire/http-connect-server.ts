/** The server half of HTTP CONNECT (RFC 9110 §9.3.6): where a client wants to go, read from its bytes. */

import { type Endpoint, excerpt, parseEndpoint } from '../model/address.js';
import { fail } from '../model/error.js';
import { type ClientRequest, type Login, readUser } from './client-request.js';
import { type Conversation, takeUntil } from './conversation.js';
import { type Field, endOfHead, longestHead, mostFields, parseHead, valuesOf } from './http-head.js';

/** The answer that opens the tunnel. */
export const connected = Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n', 'latin1');

/** Reads a CONNECT request. Nothing has been answered when it throws: the failure table has a status for each failure. */
export function* answerConnect(login: Login): Conversation<ClientRequest> {
  const over = () => fail('header-too-large', { note: 'over 64 KiB' });
  const bytes = yield* takeUntil(endOfHead, longestHead, over);
  const head = parseHead(bytes);
  if (head === undefined) throw headFailure(bytes);
  const authority = /^CONNECT (\S+) HTTP\/1\.[01]$/.exec(head.start)?.[1];
  if (authority === undefined) throw fail('bad-request', { note: 'the request line' });
  return acceptConnect(authority, head.fields, login);
}

/** Checks a CONNECT request that is already split into authority and fields. Throws what is wrong with it. */
export const acceptConnect = (authority: string, fields: readonly Field[], login: Login): ClientRequest => {
  const sized = valuesOf(fields, 'content-length').some((value) => value !== '0');
  if (sized || valuesOf(fields, 'transfer-encoding').length > 0)
    throw fail('bad-request', { note: 'CONNECT with a body' });
  const user = checkLogin(fields, login);
  return { target: parseAuthority(authority), user };
};

/** The user name of Proxy-Authorization, empty where there is none. Throws `auth-required` when the listener does not welcome it, or `bad-request`. */
export const checkLogin = (fields: readonly Field[], login: Login): string => {
  const [value] = valuesOf(fields, 'proxy-authorization');
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(value ?? '')?.[1];
  const pair = Buffer.from(encoded ?? '', 'base64');
  const colon = pair.includes(0x3a) ? pair.indexOf(0x3a) : pair.length;
  const [user, password] = [readUser(pair.subarray(0, colon)), pair.toString('utf8', colon + 1)];
  if (login.required && !login.check(user, password)) throw fail('auth-required');
  return user;
};

const parseAuthority = (text: string): Endpoint => {
  // RFC 9112 §3.2.3 and RFC 3986: ASCII. Bytes read as latin1 would otherwise be folded into the name of another host.
  if (!/^[\x21-\x7e]*$/.test(text)) throw fail('bad-name', { note: excerpt(text) });
  if (text.includes('@')) throw fail('bad-request', { note: 'user information in the target' });
  if (!/:\d+$/.test(text)) throw fail('bad-name', { note: `${excerpt(text)} has no port` });
  return parseEndpoint(text);
};

const headFailure = (bytes: Buffer): Error => {
  const lines = bytes.toString('latin1').split('\r\n').length - 3;
  return lines > mostFields
    ? fail('header-too-large', { note: `${lines} fields` })
    : fail('bad-request', { note: 'the header' });
};
