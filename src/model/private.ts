/** Tells which targets are not on the public Internet, in whatever form their address is written (IANA special-purpose registries). */

import ipaddr from 'ipaddr.js';
import type { Host } from './address.js';

/** Names that never mean a public host: RFC 6761, RFC 6762, RFC 8375, ICANN's .internal and the usual ones of routers. */
const localNames = [
  ...['localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'corp', 'home.arpa'],
  ...['localdomain', 'localdomain4', 'localdomain6'],
];

/** Azure's machines find their own platform here; it is the one metadata service outside the special ranges. */
const platformAddress = '168.63.129.16';

/** Why a target is not public (`loopback`, `private`, `link local` …), or undefined for a public one. */
export const privateKind = (host: Host): string | undefined =>
  host.kind === 'name' ? localName(host.name) : addressKind(ipaddr.parse(host.address));

const localName = (name: string): string | undefined => {
  const plain = name.toLowerCase().replace(/\.$/, '');
  const local = localNames.some((suffix) => plain === suffix || plain.endsWith(`.${suffix}`));
  if (local) return 'a local name';
  return plain.includes('.') ? undefined : 'a name without a dot';
};

const addressKind = (address: ipaddr.IPv4 | ipaddr.IPv6): string | undefined =>
  address instanceof ipaddr.IPv6 ? ipv6Kind(address) : ipv4Kind(address);

const ipv4Kind = (address: ipaddr.IPv4): string | undefined =>
  address.toString() === platformAddress ? 'cloud metadata' : inWords(address.range());

/** Only 2000::/3 is public, and prefixes through which public IPv4 addresses are reached. */
const ipv6Kind = (address: ipaddr.IPv6): string | undefined => {
  const range = address.range();
  if (range === 'loopback' || range === 'unspecified') return range;
  const bytes = Buffer.from(address.toByteArray());
  const carrier = carriers.find(({ prefix }) => prefix.every((byte, index) => bytes[index] === byte));
  if (carrier !== undefined) {
    const inner = ipv4Kind(carriedAt(bytes, carrier.at));
    return carrier.publicly ? inner : (inner ?? 'reserved');
  }
  const kind = inWords(range) ?? (isIsatap(bytes) ? ipv4Kind(carriedAt(bytes, 12)) : undefined);
  return kind ?? (bytes.readUInt8(0) >> 5 === 1 ? undefined : 'reserved');
};

/** A prefix, where behind it an IPv4 address is carried, and whether one that is public makes the whole public. */
interface Carrier {
  readonly prefix: readonly number[];
  readonly at: number;
  readonly publicly: boolean;
}

/**
 * Mapped (RFC 4291), translated with the well-known prefix (RFC 6052), 6to4 (RFC 3056), stateless translation (RFC 2765),
 * compatible (RFC 4291, deprecated). The local-use prefix 64:ff9b:1::/48 (RFC 8215) and Teredo (RFC 4380) are not here: where
 * the address stands depends on the length that its owner chose, or it is scrambled, and no such address is public.
 */
const carriers: readonly Carrier[] = [
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], at: 12, publicly: true },
  { prefix: [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], at: 12, publicly: true },
  { prefix: [0x20, 0x02], at: 2, publicly: true },
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0], at: 12, publicly: false },
  { prefix: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], at: 12, publicly: false },
];

const carriedAt = (bytes: Buffer, at: number): ipaddr.IPv4 => new ipaddr.IPv4([...bytes.subarray(at, at + 4)]);

/** RFC 5214 §6.1: a site's router unpacks such an address to the IPv4 one in its last four bytes. */
const isIsatap = (bytes: Buffer): boolean => (bytes.readUInt32BE(8) & 0xfdffffff) === 0x00005efe;

const inWords = (range: string): string | undefined => {
  if (range === 'unicast') return undefined;
  if (range.startsWith('rfc')) return 'translated';
  return range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
};
