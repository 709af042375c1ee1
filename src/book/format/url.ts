/** Addresses with a scheme in front, and addresses with an `@` in them (RFC 3986 §3.2). */

import type { Rejection } from '../../model/book.js';
import { type Entry, type Login, refuse } from './entry.js';
import { isHost, readHost, readPort } from './host.js';
import type { Setting } from './plain.js';
import { withRest } from './rest.js';
import { type Choice, isScheme, protocolWord, said } from './scheme.js';

const split = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\s,;|]*)(\/?)(?:\?([^#\s@]*))?(#[^@]*)?(.*)$/is;

/** Reads `scheme://[user[:password]@]host:port[/][?option=value][#name]`; a link to a page is no proxy. */
export const readUrl = (text: string, setting: Setting): Entry => {
  const parts = takeApart(text);
  // Browsers end a host at a backslash, where RFC 3986 has none.
  if (parts.authority.includes('\\')) return refuse('ambiguous');
  const choice = choiceOf(parts.scheme, setting);
  if (typeof choice === 'string') return refuse(choice);
  if (/^(?:www\.)?(?:t\.me|telegram\.me)$/i.test(parts.authority)) return refuse('foreign-scheme');
  const address = splitAddress(parts.place);
  const told = followed(parts.rest, address);
  if (told !== undefined) return refuse(told);
  if (address === undefined) return refuse(portlessUrl(parts.place));
  const login = parts.userinfo === undefined ? {} : readLogin(parts.userinfo);
  if (login === 'bad-login') return refuse(login);
  const pieces = { ...address, form: 'url', choice, privates: setting.privates, ...login } as const;
  return withRest(parts.options === '' ? pieces : { ...pieces, options: parts.options }, parts.rest);
};

const takeApart = (text: string) => {
  const [, scheme = '', authority = '', , options = '', , rest = ''] = split.exec(text) ?? [];
  const at = authority.lastIndexOf('@');
  const userinfo = at === -1 ? undefined : authority.slice(0, at);
  return { scheme, authority, userinfo, place: authority.slice(at + 1), options, rest };
};

/** `user:password@host:port` as in a URL, or `host:port@user:password` as some lists have it. */
export const readWithAt = (text: string, setting: Setting): Entry => {
  const end = text.search(/\s/);
  const token = end === -1 ? text : text.slice(0, end);
  const tail = end === -1 ? '' : text.slice(end);
  const [first, last] = [token.indexOf('@'), token.lastIndexOf('@')];
  const usual = splitAddress(token.slice(last + 1));
  const turned = splitAddress(token.slice(0, first));
  if (isAddress(turned)) {
    if (!isAddress(usual)) {
      const login = rawLogin(token.slice(first + 1));
      return withRest({ ...turned, form: 'host:port@user:password', login, ...setting }, tail);
    }
    if (isNumeric(turned)) return refuse('ambiguous');
  }
  if (usual === undefined) return refuse('not-a-proxy');
  const login = readLogin(token.slice(0, last));
  if (login === 'bad-login') return refuse(isAddress(usual) ? login : 'not-a-proxy');
  return withRest({ ...usual, form: 'user:password@host:port', ...login, ...setting }, tail);
};

/** socks:// is SOCKS4 to curl and SOCKS5 to browsers: only the user can say which. */
const choiceOf = (scheme: string, setting: Setting): Choice | Rejection => {
  const word = protocolWord(scheme);
  if (word === 'https-sites') return said('https');
  if (isScheme(word)) return scheme.toLowerCase() === 'connect' ? 'unknown-scheme' : said(word);
  if (word === 'foreign') return 'foreign-scheme';
  if (word !== 'socks') return 'unknown-scheme';
  const { choice } = setting;
  return choice.scheme.startsWith('socks') ? choice : 'ambiguous';
};

interface Address {
  readonly host: string;
  readonly port: string;
}

/** The last colon outside brackets parts host and port; undefined without one. */
const splitAddress = (text: string): Address | undefined => {
  const found = /^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(text);
  return found === null ? undefined : { host: found[1] ?? '', port: found[2] ?? '' };
};

const isAddress = (address: Address | undefined): address is Address =>
  address !== undefined && isHost(readHost(address.host)) && typeof readPort(address.port) !== 'string';

const isNumeric = ({ host }: Address): boolean => /^[\d.]+$|^\[/.test(host);

/** What stands behind the authority: a second half of a password, a path, another column. */
const followed = (rest: string, address: Address | undefined): Rejection | undefined => {
  if (rest === '') return undefined;
  if (/^\/\d+:\d+$/.test(`/${rest.replace(/^\//, '')}`) && address === undefined) return 'range';
  if (rest.includes('@')) return 'bad-login';
  if (/^[\s,;|]/.test(rest)) return undefined;
  return address === undefined ? 'not-a-proxy' : 'trailing-text';
};

const portlessUrl = (authority: string): Rejection => {
  const colons = authority.split(':').length - 1;
  if (colons > 1 && !authority.startsWith('[')) return 'ambiguous';
  const read = readHost(authority);
  return isHost(read) ? 'no-port' : read;
};

/** Decodes once; a `%` that starts no code, or bytes that are no UTF-8, are a broken login. */
const readLogin = (userinfo: string): { readonly login: Login } | 'bad-login' => {
  try {
    const { user, password } = rawLogin(userinfo);
    return { login: { user: decodeURIComponent(user), password: decodeURIComponent(password) } };
  } catch {
    return 'bad-login';
  }
};

const rawLogin = (text: string): Login => {
  const colon = text.indexOf(':');
  return colon === -1 ? { user: text, password: '' } : { user: text.slice(0, colon), password: text.slice(colon + 1) };
};
