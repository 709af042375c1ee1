/**
 * Hosts and ports of lists, read more strictly than targets are: only what every program reads in the same way.
 * A number that some resolvers take for an address is no host here, and no name may imitate another one.
 */

import { domainToASCII, domainToUnicode } from 'node:url';
import { type Host, parseHost, parsePort } from '../../model/address.js';
import type { Rejection } from '../../model/book.js';
import type { Port } from '../../model/brand.js';
import { privateKind } from '../../model/private.js';
import { isMixed } from './script.js';

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const number = /^(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?$/i;
const fourDecimals = /^\d+(?:\.\d+){3,}\.?$/;
const range = /^\d+\.\d+\.\d+\.\d+(?:\/\d+|-[\d.]+)$|^\[?[0-9a-f:]*:[0-9a-f:]*\/\d+\]?$|^[\d.*]*\*[\d.*]*$/i;
const label = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;
const topLabel = /^(?:[a-z]{2,}|xn--[a-z0-9-]+)$/;
const lookAlike =
  /[\uff00-\uffef\u3002\u2024\u2236\ufe52\ufe55\u{1d7ce}-\u{1d7ff}\u2460-\u249b\u00b2\u00b3\u00b9\u2070-\u2089]|(?![0-9])\p{Nd}/u;

/** Reads a host as a list has it: an address, IPv6 in brackets, or a name with a dot (lower case, IDNA form, no last dot). Else why not. */
export const readHost = (text: string): Host | Rejection => {
  if (ipv4.test(text)) return { kind: 'ipv4', address: text };
  if (text.length > 512 || text === '') return 'bad-host';
  if (range.test(text)) return 'range';
  if (text.startsWith('[')) return readBracketed(text);
  if (number.test(text)) return fourDecimals.test(text) ? 'bad-octets' : 'number-as-host';
  return readName(text);
};

/** Tells a host from the reason why there is none. */
export const isHost = (read: Host | Rejection): read is Host => typeof read !== 'string';

/** Reads a port in plain decimal; else why not. */
export const readPort = (text: string): Port | Rejection => {
  const port = parsePort(text);
  if (port !== undefined) return port;
  if (/^\d+-\d+$/.test(text)) return 'range';
  return hasLookAlikes(text) ? 'obfuscated' : 'bad-port';
};

/** Tells whether a text has characters that look like digits, dots or colons of an address and are none. */
export const hasLookAlikes = (text: string): boolean => lookAlike.test(text);

/**
 * Tells whether a host is private, local or reserved (RFC 6890 and the IANA registries after it). Mapped and translated
 * forms of public IPv4 addresses are reserved too: nobody listens there, and they hide which machine is meant.
 */
export const isReserved = (host: Host): boolean => {
  if (host.kind === 'ipv4' && !special.has(host.address.slice(0, host.address.indexOf('.')))) return false;
  return privateKind(host) !== undefined || (host.kind === 'ipv6' && /^(?:::ffff:|64:ff9b::)/.test(host.address));
};

/** First numbers of IPv4 addresses of which some are not public; a test compares this short way with the long one. */
const special: ReadonlySet<string> = new Set(
  [0, 10, 100, 127, 168, 169, 172, 192, 198, 203, ...Array.from({ length: 32 }, (_, index) => 224 + index)].map(String),
);

const readBracketed = (text: string): Host | Rejection => {
  if (text.includes('%')) return 'zone';
  if (!text.endsWith(']') || !text.includes(':')) return 'bad-host';
  try {
    return parseHost(text);
  } catch {
    return 'bad-host';
  }
};

const readName = (text: string): Host | Rejection => {
  if (hasLookAlikes(text)) return 'obfuscated';
  const plain = text.toLowerCase().replace(/\.$/, '').normalize('NFC');
  const name = asciiName(plain);
  if (!isHost(name)) return name;
  const labels = name.name.split('.');
  const last = labels.at(-1) ?? '';
  if (name.name.length > 253 || !labels.every((each) => each.length <= 63 && label.test(each))) return 'bad-host';
  if (labels.length === 1) return 'single-label';
  if (topLabel.test(last)) return name;
  return /^(?:\d+|0x[0-9a-f]*)$/.test(last) ? 'number-as-host' : 'bad-host';
};

type Name = Extract<Host, { kind: 'name' }>;

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

/** UTS 46, but only for names that are written as they will be read back; xn-- labels are looked at as what they show. */
const asciiName = (plain: string): Name | Rejection => {
  if (isAscii(plain) && !plain.includes('xn--')) return { kind: 'name', name: plain };
  if (!/^[-.\w\x80-\u{10ffff}]*$/u.test(plain)) return 'bad-host';
  const name = domainToASCII(plain);
  if (name === '') return 'bad-host';
  const shown = domainToUnicode(name);
  // Versions of Node differ over xn-- labels that encode nothing: such a label is no name here.
  const labels = shown.split('.');
  if (name.split('.').some((label, at) => label.startsWith('xn--') && isAscii(labels[at] ?? ''))) return 'bad-host';
  if (plain !== name && shown !== plain) return 'obfuscated';
  return labels.some(isMixed) ? 'mixed-script' : { kind: 'name', name };
};
