/** IPv4 addresses inside of IPv6 ones: where they stand, and what that makes of the whole. */

/** An IPv4 address that was found in an IPv6 one. */
export interface Carried {
  /** Its four bytes. */
  readonly inner: Buffer;
  /** Whether a public one makes the whole public. */
  readonly publicly: boolean;
}

/** A prefix, where behind it an IPv4 address is carried, and whether one that is public makes the whole public. */
interface Carrier {
  readonly prefix: string;
  readonly at: number;
  readonly publicly: boolean;
}

/**
 * Mapped (RFC 4291), translated with the well-known prefix (RFC 6052), 6to4 (RFC 3056), stateless translation (RFC 2765),
 * compatible (RFC 4291, deprecated). The local-use prefix 64:ff9b:1::/48 (RFC 8215) and Teredo (RFC 4380) are not here: where
 * the address stands depends on the length that its owner chose, or it is scrambled, and no such address is public.
 */
const carriers: readonly Carrier[] = [
  { prefix: '00000000000000000000ffff', at: 12, publicly: true },
  { prefix: '0064ff9b0000000000000000', at: 12, publicly: true },
  { prefix: '2002', at: 2, publicly: true },
  { prefix: '0000000000000000ffff0000', at: 12, publicly: false },
  { prefix: '000000000000000000000000', at: 12, publicly: false },
];

/** The IPv4 address in the 16 bytes of an IPv6 one; undefined where there is none. `::` and `::1` look as if they had one: ask of others only. */
export const carriedIn = (bytes: Buffer): Carried | undefined => {
  const hex = bytes.toString('hex');
  const carrier = carriers.find(({ prefix }) => hex.startsWith(prefix));
  return carrier && { inner: bytes.subarray(carrier.at, carrier.at + 4), publicly: carrier.publicly };
};

/** The addresses of 16 bytes that carry the 4 bytes of an IPv4 one and nothing else; 6to4, which has room for more, is not among them. */
export const carriersOf = (inner: Buffer): readonly Buffer[] =>
  carriers.filter(({ at }) => at === 12).map(({ prefix }) => Buffer.concat([Buffer.from(prefix, 'hex'), inner]));
