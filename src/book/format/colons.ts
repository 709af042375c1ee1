/** Lines of three and more parts between colons: a login before or behind the address, a country, a protocol, or an IPv6 address. */

import type { Hearsay, Rejection } from '../../model/book.js';
import { type Entry, type Login, makeEntry, refuse } from './entry.js';
import { isHost, readHost, readPort } from './host.js';
import type { Setting } from './plain.js';
import { readRest, withRest } from './rest.js';
import { isScheme, protocolWord, said } from './scheme.js';

/** Decides by which parts are a host and a port; where two pairs are, or an IPv6 address ends nobody knows where, it is ambiguous. */
export const readColons = (parts: readonly string[], tail: string, setting: Setting): Entry => {
  const bare = bareIpv6(parts.join(':'));
  if (bare !== undefined) return refuse(bare);
  const first = isPair(parts.slice(0, 2));
  if (first && hasSecond(parts)) return refuse('ambiguous');
  if (!first && !hasLast(parts)) return refuse(faultOf(parts));
  if (parts.length === 3) return readTag(parts, tail, setting);
  const { host, port, form, login } = first ? addressFirst(parts) : addressLast(parts);
  return withRest({ host, port, form, login, choice: setting.choice, privates: setting.privates }, tail);
};

const hasLast = (parts: readonly string[]): boolean => parts.length > 3 && isPair(parts.slice(-2));

/** Where the login would be is an address too. */
const hasSecond = (parts: readonly string[]): boolean =>
  hasLast(parts) || (parts.length > 3 && isPair(parts.slice(2, 4)));

const addressFirst = ([host = '', port = '', ...login]: readonly string[]) =>
  ({ host, port, form: 'host:port:user:password', login: loginOf(login) }) as const;

const addressLast = (parts: readonly string[]) => {
  const [host = '', port = ''] = parts.slice(-2);
  return { host, port, form: 'user:password:host:port', login: loginOf(parts.slice(0, -2)) } as const;
};

const loginOf = ([user = '', ...words]: readonly string[]): Login => ({ user, password: words.join(':') });

/** Of an IPv6 address without brackets: why it is not taken. */
const bareIpv6 = (text: string): Rejection | undefined => {
  if (text.startsWith('[') || !/[0-9a-f]/i.test(text)) return undefined;
  if (text.includes('/') && readHost(text) === 'range') return 'range';
  if (!isIpv6Like(text)) return undefined;
  return text.includes('%') ? 'zone' : 'ambiguous';
};

/** `2001:db8::1:1080`: groups and colons only. The dotted tail of a mapped address belongs to it. */
const isIpv6Like = (text: string): boolean =>
  text.includes('::')
    ? /^[0-9a-f:.]*(?:%[^:]*)?(?::\d+)?$/i.test(text)
    : /^(?:[0-9a-f]{1,4}:){5,}[0-9a-f:]+$/i.test(text);

const isPair = ([host = '', port = '']: readonly string[]): boolean =>
  typeof readPort(port) !== 'string' && isHost(readHost(host));

const tellingFaults: readonly unknown[] = ['range', 'zone', 'obfuscated', 'mixed-script'];

/** Of a line without a pair: what is wrong with the part that looks most like one. */
const faultOf = (parts: readonly string[]): Rejection => {
  const [host = '', port = ''] = parts;
  const read = readHost(host);
  if (isHost(read)) return readPort(port) === 'range' ? 'range' : 'bad-port';
  if (tellingFaults.includes(read)) return read;
  if (parts.length > 3 && parts.slice(-2, -1).every((part) => isHost(readHost(part)))) return 'bad-port';
  return /^bad-octets|^number/.test(read) && host.includes('.') ? read : 'not-a-proxy';
};

/** `ip:port:Country`, names with blanks, or `ip:port:socks5`. */
const readTag = ([host = '', port = '', start = '']: readonly string[], tail: string, setting: Setting): Entry => {
  const named = readTagText(start, tail);
  if (typeof named === 'string') return refuse(named);
  const hearsay = named.hearsay === undefined ? {} : { hearsay: named.hearsay };
  const choice = named.scheme ?? setting.choice;
  return makeEntry({ host, port, form: 'host:port:tag', choice, privates: setting.privates, ...hearsay });
};

interface Tag {
  readonly scheme?: ReturnType<typeof said>;
  readonly hearsay?: Hearsay;
}

const readTagText = (start: string, tail: string): Tag | Rejection => {
  const spoken = protocolWord(start);
  if (spoken === 'foreign') return 'foreign-scheme';
  if (spoken === 'socks') return 'ambiguous';
  const rest = readRest(tail);
  if (rest === 'ambiguous') return rest;
  if (spoken === undefined || typeof rest === 'string')
    return countryIn(/[\t,;|]/.test(tail) ? start : `${start}${tail}`);
  return { ...(rest.hearsay && { hearsay: rest.hearsay }), ...(isScheme(spoken) ? { scheme: said(spoken) } : {}) };
};

/** A bare number may be a port as well as anything else. A name in broken letters is no hearsay, but no fault of the address. */
const countryIn = (text: string): Tag | Rejection => {
  if (/^\d+$/.test(text)) return 'ambiguous';
  if (text.length > 60 || !/^\p{L}[\p{L}\p{M} .,'’()&\ufffd-]*$/u.test(text)) return 'trailing-text';
  return text.includes('\ufffd') ? {} : { hearsay: { country: text } };
};
