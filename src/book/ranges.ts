/** Ranges of addresses that are blocked: read from CIDR text, looked up by halving. */

import { type Host, addressBytes, parseHost } from '../model/address.js';

/** First and last address of a range, as 32 hexadecimal digits; IPv4 stands behind ::ffff:0:0/96. */
export interface Range {
  readonly low: string;
  readonly high: string;
}

/** Reads `192.0.2.0/24` or a single address; undefined for anything else. */
export const parseRange = (text: string): Range | undefined => {
  const [, address = '', length] = /^([0-9a-f.:]{2,39})(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  try {
    const host = parseHost(address);
    // What only some programs read as an address, such as 10.1, is none here.
    if (host.kind === 'name' || (host.kind === 'ipv4' && host.address !== address)) return undefined;
    const digits = digitsOf(host);
    const size = host.kind === 'ipv4' ? 32 : 128;
    const bits = length === undefined ? size : Number(length);
    return bits > size ? undefined : spread(digits, 128 - size + bits);
  } catch {
    return undefined;
  }
};

/** The digits of an address; mapped and plain IPv4 are the same. */
export const digitsOf = (host: Extract<Host, { address: string }>): string => {
  const bytes = addressBytes(host).toString('hex');
  return bytes.length === 8 ? `${'0'.repeat(20)}ffff${bytes}` : bytes;
};

const spread = (digits: string, bits: number): Range => {
  const value = BigInt(`0x${digits}`);
  const mask = (1n << BigInt(128 - bits)) - 1n;
  const text = (number: bigint): string => number.toString(16).padStart(32, '0');
  return { low: text(value & ~mask), high: text(value | mask) };
};

/** Tells whether an address is in any of the ranges. */
export const createBlocks = (ranges: readonly Range[]): ((host: Host) => boolean) => {
  const merged = merge(ranges);
  return (host) => {
    if (host.kind === 'name' || merged.length === 0) return false;
    const digits = digitsOf(host);
    let [from, to] = [0, merged.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((merged[middle]?.low ?? '') <= digits) from = middle + 1;
      else to = middle;
    }
    return digits <= (merged[from - 1]?.high ?? '');
  };
};

const merge = (ranges: readonly Range[]): readonly Range[] => {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((one, other) => (one.low < other.low ? -1 : 1))) {
    const last = merged.at(-1);
    if (last !== undefined && range.low <= last.high) {
      merged[merged.length - 1] = { low: last.low, high: range.high > last.high ? range.high : last.high };
    } else merged.push(range);
  }
  return merged;
};
