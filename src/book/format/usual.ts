/** The short way for the lines that most lists are made of: four plain numbers and a port, bare or as a URL. It reads what the long way reads. */

import type { Port } from '../../model/brand.js';
import type { Scheme } from '../../model/hop.js';
import type { Choice } from './scheme.js';

/** An IPv4 address and a port. */
interface Ipv4Endpoint {
  readonly host: { readonly kind: 'ipv4'; readonly address: string };
  readonly port: Port;
}

/** What a usual line says. */
interface Usual {
  readonly scheme: Exclude<Scheme, 'https'>;
  readonly assumed: boolean;
  readonly endpoint: Ipv4Endpoint;
}

/** The longest one: `socks5h://255.255.255.255:65535`. */
const longest = 31;

const schemes: ReadonlyMap<string, Usual['scheme']> = new Map<string, Usual['scheme']>([
  ['http', 'http'],
  ['socks4', 'socks4a'],
  ['socks4a', 'socks4a'],
  ['socks5', 'socks5h'],
  ['socks5h', 'socks5h'],
]);

/** Reads `198.51.100.7:1080` and `socks5://198.51.100.7:1080`; undefined for every other line, and for https, which has more to it. */
export const readUsual = (text: string, { scheme, assumed }: Choice): Usual | undefined => {
  if (text.length > longest) return undefined;
  const at = text.indexOf('://');
  const endpoint = readIpv4(at === -1 ? text : text.slice(at + 3));
  const spoken = at === -1 ? scheme : schemes.get(text.slice(0, at));
  if (endpoint === undefined || spoken === undefined || spoken === 'https') return undefined;
  return { scheme: spoken, assumed: at === -1 && assumed, endpoint };
};

/** Four plain numbers and a port and nothing else, without a pattern. */
const readIpv4 = (text: string): Ipv4Endpoint | undefined => {
  if (text.length > 21 || text.length < 9) return undefined;
  let at = 0;
  for (let part = 0; part < 4; part += 1) {
    const next = afterNumber(text, at, 255);
    if (next === -1 || text.charCodeAt(next) !== (part === 3 ? 0x3a : 0x2e)) return undefined;
    at = next + 1;
  }
  if (text.charCodeAt(at) === 0x30 || afterNumber(text, at, 65535) !== text.length) return undefined;
  return { host: { kind: 'ipv4', address: text.slice(0, at - 1) }, port: Number(text.slice(at)) as Port };
};

/** Where a decimal number without leading zeros ends; -1 where there is none, or a larger one. */
const afterNumber = (text: string, from: number, largest: number): number => {
  let at = from;
  let value = 0;
  for (;;) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) break;
    if (at > from && value === 0) return -1;
    value = value * 10 + digit;
    if (value > largest) return -1;
    at += 1;
  }
  return at === from ? -1 : at;
};
