/** The spellings of one place: what is barred there is barred by whatever name a cascade has for it. */

import { type Host, addressBytes, hostOfBytes, hostText } from './address.js';
import { carriedIn, carriersOf } from './carried.js';

/** The texts by which a place may be known. */
export interface Spellings {
  /** Whole hosts. */
  readonly hosts: readonly string[];
  /** What addresses begin with that are too many to be written out: 6to4 (RFC 3056) leaves 80 bits to whoever has the IPv4 one. */
  readonly prefixes: readonly string[];
}

/** Every way in which a host may be written; a name that is this machine is its addresses too (RFC 6761 §6.3), and so is no address at all. */
export const spellingsOf = (host: Host): Spellings => {
  if (host.kind !== 'name') return spellingsOfAddress(host);
  const plain = host.name.toLowerCase().replace(/\.$/, '');
  const own = [host.name, plain, `${plain}.`];
  const isLocal = plain === localName || plain.endsWith(`.${localName}`);
  const addresses = isLocal ? ['127.0.0.1', '::1'].map((address) => spellingsOfAddress(addressOf(address))) : [];
  return {
    hosts: [...new Set([...own, ...addresses.flatMap(({ hosts }) => hosts)])],
    prefixes: addresses.flatMap(({ prefixes }) => prefixes),
  };
};

type Address = Exclude<Host, { readonly kind: 'name' }>;

const localName = 'localhost';

/** Whoever connects to no address at all connects to this machine. */
const nowhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const spellingsOfAddress = (address: Address): Spellings => {
  const meant = addressOf(nowhere[address.address] ?? address.address);
  const inner = innerOf(meant);
  const texts = inner === undefined ? [meant.address] : [inner, ...carriersOf(inner)].map(textOf);
  const others = Object.keys(nowhere).filter((each) => texts.includes(nowhere[each] ?? ''));
  const names = others.length === 0 ? [] : [localName, `${localName}.`];
  return {
    hosts: [...new Set([address.address, ...texts, ...others, ...names])],
    prefixes: inner === undefined ? [] : prefixesOf(inner),
  };
};

const addressOf = (text: string): Address => ({ kind: text.includes(':') ? 'ipv6' : 'ipv4', address: text });

const textOf = (bytes: Buffer): string => hostText(hostOfBytes(bytes));

/** The bytes of the IPv4 address that is meant, if one is. */
const innerOf = (address: Address): Buffer | undefined => {
  const bytes = addressBytes(address);
  if (bytes.length === 4) return bytes;
  return address.address === '::1' ? undefined : carriedIn(bytes)?.inner;
};

/** A group of zeros is written as such, or left out with those behind it (RFC 5952 §4.2). */
const prefixesOf = (inner: Buffer): readonly string[] => {
  const [high, low] = [inner.readUInt16BE(0).toString(16), inner.readUInt16BE(2).toString(16)];
  return [`2002:${high}:${low}:`, ...(low === '0' ? [`2002:${high}::`] : [])];
};
