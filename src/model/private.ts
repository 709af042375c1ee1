/** Tells which targets are not on the public Internet, in whatever form their address is written (IANA special-purpose registries). */

import ipaddr from 'ipaddr.js';
import type { Host } from './address.js';
import { carriedIn } from './carried.js';

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
  const carried = carriedIn(bytes);
  if (carried !== undefined) {
    const inner = ipv4Kind(asIpv4(carried.inner));
    return carried.publicly ? inner : (inner ?? 'reserved');
  }
  const kind = inWords(range) ?? (isIsatap(bytes) ? ipv4Kind(asIpv4(bytes.subarray(12))) : undefined);
  return kind ?? (bytes.readUInt8(0) >> 5 === 1 ? undefined : 'reserved');
};

const asIpv4 = (bytes: Buffer): ipaddr.IPv4 => new ipaddr.IPv4([...bytes]);

/** RFC 5214 §6.1: a site's router unpacks such an address to the IPv4 one in its last four bytes. */
const isIsatap = (bytes: Buffer): boolean => (bytes.readUInt32BE(8) & 0xfdffffff) === 0x00005efe;

const inWords = (range: string): string | undefined => {
  if (range === 'unicast') return undefined;
  if (range.startsWith('rfc')) return 'translated';
  return range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
};
