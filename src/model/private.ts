/** Tells which targets are not on the public Internet, in whatever form their address is written (IANA special-purpose registries). */

import ipaddr from 'ipaddr.js';
import type { Host } from './address.js';

/** Names that never mean a public host: RFC 6761, RFC 6762, RFC 8375, ICANN's .internal and the usual ones of routers. */
const localNames = ['localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'corp', 'home.arpa', 'localdomain'];

/** Why a target is not public (`loopback`, `private`, `link-local` …), or undefined for a public one. */
export const privateKind = (host: Host): string | undefined =>
  host.kind === 'name' ? localName(host.name) : addressKind(ipaddr.parse(host.address));

const localName = (name: string): string | undefined => {
  const plain = name.toLowerCase().replace(/\.$/, '');
  const local = localNames.some((suffix) => plain === suffix || plain.endsWith(`.${suffix}`));
  if (local) return 'a local name';
  return plain.includes('.') ? undefined : 'a name without a dot';
};

const addressKind = (address: ipaddr.IPv4 | ipaddr.IPv6): string | undefined => {
  if (address instanceof ipaddr.IPv6) {
    const inner = wrapped(address);
    if (inner !== undefined) return addressKind(inner);
  }
  const range = address.range();
  return range === 'unicast' ? undefined : range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
};

/** The IPv4 address that an IPv6 one carries: mapped, compatible, translated (RFC 6052 with the well-known prefix, RFC 6145), 6to4 (RFC 3056). */
const wrapped = (address: ipaddr.IPv6): ipaddr.IPv4 | undefined => {
  const bytes = address.toByteArray();
  const starts = (...prefix: number[]): boolean => prefix.every((byte, index) => bytes[index] === byte);
  if (starts(0x20, 0x02)) return new ipaddr.IPv4(bytes.slice(2, 6));
  const nat64 = starts(0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0) || starts(0, 0x64, 0xff, 0x9b, 0, 1);
  const mapped = starts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff) || starts(0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0);
  const compatible = starts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) && bytes.slice(12, 15).some((byte) => byte !== 0);
  return nat64 || mapped || compatible ? new ipaddr.IPv4(bytes.slice(12)) : undefined;
};
