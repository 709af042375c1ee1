/** The one funnel for hosts: bytes become a Host here, before any rule, log or hop sees a name (RFC 1035 §2.3.4, RFC 5952, UTS 46). */

import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import type { Port } from './brand.js';
import { fail } from './error.js';

/** Where something listens: a name that somebody else resolves, or an address. */
export type Host =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'ipv4' | 'ipv6'; readonly address: string };

/** The two kinds of addresses. */
export type Family = Exclude<Host['kind'], 'name'>;

/** A host and a port. */
export interface Endpoint {
  readonly host: Host;
  readonly port: Port;
}

const ipv4Text = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const nameText = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$/i;
const ipv6Text = /^[0-9a-f:]{2,39}$/i;
const longestName = 253;
const longestLabel = 63;
/** No name needs more UTF-16 units before IDNA folds it; what folds them takes more than linear time. */
const longestText = 1024;

/**
 * Reads a host: an IPv4 or IPv6 address (brackets allowed), or a name in letters of any script.
 * Numbers that only some resolvers read as an address (`127.1`, `0x7f000001`, `2130706433`) become that address here.
 * Throws `bad-name` for anything else, so that no CR, LF, NUL, space or over-long label passes.
 */
export const parseHost = (text: string): Host => {
  if (text.length > longestText) throw fail('bad-name', { note: excerpt(text) });
  if (ipv4Text.test(text)) return { kind: 'ipv4', address: text };
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (bare.includes(':') || bare !== text) return parseIpv6(bare);
  const name = isAscii(text) ? text : foldName(text);
  if (!isName(name)) throw fail('bad-name', { note: excerpt(text) });
  return endsInNumber(name) ? legacyIpv4(name) : { kind: 'name', name };
};

/** Reads the bytes of a name as a SOCKS client sends them: UTF-8, nothing cut, nothing replaced. */
export const parseHostBytes = (bytes: Buffer): Host => {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw fail('bad-name', { note: 'not UTF-8' });
  return parseHost(text);
};

/** Reads a port in decimal, 1 to 65535, without sign, space or leading zeros. Undefined for anything else. */
export const parsePort = (text: string): Port | undefined =>
  /^[1-9]\d{0,4}$/.test(text) ? checkPort(Number(text)) : undefined;

/** Brands a number from a wire field as a port. Undefined for 0 and what does not fit. */
export const checkPort = (value: number): Port | undefined =>
  Number.isInteger(value) && value >= 1 && value <= 65535 ? (value as Port) : undefined;

/** Reads `host:port` or `[ipv6]:port`; the port may be missing where a default is given. Throws `bad-name`. */
export const parseEndpoint = (text: string, defaultPort?: Port): Endpoint => {
  const found = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text);
  const port = found?.[2] === undefined ? defaultPort : parsePort(found[2]);
  if (found?.[1] === undefined || port === undefined) throw fail('bad-name', { note: excerpt(text) });
  return { host: parseHost(found[1]), port };
};

/** The host as text, IPv6 without brackets. */
export const hostText = (host: Host): string => (host.kind === 'name' ? host.name : host.address);

/** `host:port`, IPv6 in brackets (RFC 3986 §3.2.2). */
export const labelEndpoint = ({ host, port }: Endpoint): string =>
  host.kind === 'ipv6' ? `[${host.address}]:${port}` : `${hostText(host)}:${port}`;

/** The family of an address; undefined for a name. Throws `bad-name`. */
export const familyOf = (text: string): Family | undefined => {
  const { kind } = parseHost(text);
  return kind === 'name' ? undefined : kind;
};

/** The 16 bytes of an IPv6 address or the 4 bytes of an IPv4 one. */
export const addressBytes = (host: Extract<Host, { address: string }>): Buffer =>
  Buffer.from(ipaddr.parse(host.address).toByteArray());

/** The host that 4 or 16 bytes of address spell. */
export const hostOfBytes = (bytes: Buffer): Host => {
  const address = ipaddr.fromByteArray([...bytes]);
  return address instanceof ipaddr.IPv4
    ? { kind: 'ipv4', address: address.toString() }
    : { kind: 'ipv6', address: address.toRFC5952String() };
};

/** A piece of text that came from outside, printable and short, for use inside a failure. */
export const excerpt = (text: string): string => {
  const printable = text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?');
  return text.length > 80 ? `${printable}…` : printable;
};

/**
 * RFC 4291 §2.2, without zone (it means something on one machine only). Dotted decimal becomes groups here, since
 * ipaddr.js takes `::1.2.3.4` for `::ffff:1.2.3.4` and reads octal and hexadecimal where inet_pton(3) refuses them.
 */
const parseIpv6 = (text: string): Host => {
  const groups = undotted(text);
  if (!ipv6Text.test(groups) || !ipaddr.IPv6.isValid(groups)) throw fail('bad-name', { note: excerpt(text) });
  return { kind: 'ipv6', address: ipaddr.IPv6.parse(groups).toRFC5952String() };
};

const undotted = (text: string): string => {
  const at = text.lastIndexOf(':') + 1;
  const address = text.slice(at);
  if (!ipv4Text.test(address)) return text;
  const bytes = addressBytes({ kind: 'ipv4', address });
  return `${text.slice(0, at)}${bytes.readUInt16BE(0).toString(16)}:${bytes.readUInt16BE(2).toString(16)}`;
};

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

/** UTS 46. What folds names is a URL parser, which cuts at `/`, drops tabs and decodes `%`: such text gives no name at all. */
const foldName = (text: string): string => (/^[-.\w\x80-\uffff]*$/.test(text) ? domainToASCII(text) : '');

const isName = (name: string): boolean =>
  name.length <= longestName + 1 &&
  nameText.test(name) &&
  name.split('.').every((label) => label.length <= longestLabel) &&
  name.replace(/\.$/, '').length <= longestName;

/** WHATWG URL, "ends in a number": such a name can only be meant as an IPv4 address. */
const endsInNumber = (name: string): boolean => /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/i.test(name);

/** inet_aton(3): one to four parts, each decimal, octal (0…) or hexadecimal (0x…), the last one filling the rest. */
const legacyIpv4 = (name: string): Host => {
  const parts = name.replace(/\.$/, '').split('.').map(legacyNumber);
  const last = parts.pop() ?? Number.NaN;
  const fits = parts.length < 4 && parts.every((part) => part <= 255) && last < 256 ** (4 - parts.length);
  if (!fits) throw fail('bad-name', { note: excerpt(name) });
  const value = parts.reduce((sum, part, index) => sum + part * 256 ** (3 - index), last);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return { kind: 'ipv4', address: bytes.join('.') };
};

const legacyNumber = (text: string): number => {
  if (/^0x[0-9a-f]*$/i.test(text)) return Number.parseInt(text.slice(2) || '0', 16);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
};
