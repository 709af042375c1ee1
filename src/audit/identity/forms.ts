/** The forms in which an address may be written, each as a pattern that matches it as a whole token. */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { addressBytes, parseHost } from '../../model/address.js';

/** One way of writing an address. */
export interface Form {
  readonly name: string;
  readonly pattern: RegExp;
  /** The whole of it, or only the network that it is in. */
  readonly reach: 'whole' | 'prefix';
}

/** All forms of an address. */
export const formsOf = (address: string): readonly Form[] => {
  const host = parseHost(address);
  if (host.kind === 'name') return [];
  const bytes = addressBytes(host);
  const own = host.kind === 'ipv4' ? ipv4Forms(bytes) : ipv6Forms(address, bytes);
  return [...own, ...encodedForms(address, bytes)];
};

const ipv4Forms = (bytes: Buffer): readonly Form[] => {
  const parts = [...bytes];
  const [a = 0, b = 0, c = 0] = parts;
  const hex = bytes.toString('hex');
  const [high, low] = [hex.slice(0, 4), hex.slice(4)].map(withoutZeros);
  const octal = parts.map((part) => `0*${part.toString(8)}`).join('\\.');
  return [
    whole('dotted', dotted(parts.map((part) => `0*${part}`).join('\\.'))),
    whole('with dashes', bounded(parts.map((part) => `0*${part}`).join('(?:[-_,/+|;] ?|[.] | )'), '0-9')),
    whole('as one number', bounded(String(bytes.readUInt32BE(0)), '0-9.')),
    // As F5 writes the address of a server into a cookie.
    whole('as one number, reversed', bounded(String(bytes.readUInt32LE(0)), '0-9')),
    whole('in base36', bounded(bytes.readUInt32BE(0).toString(36), '0-9a-z')),
    whole('in binary', bounded(bytes.readUInt32BE(0).toString(2).padStart(32, '0'), '01')),
    whole('in binary', bounded(parts.map((part) => part.toString(2).padStart(8, '0')).join('[. ]'), '01')),
    whole('in hexadecimal', bounded(`(?:0x)?${parts.map(hexByte).join('(?:[.:-]|0x|\\\\x)?')}`, '0-9a-f')),
    whole('in hexadecimal, reversed', bounded(`(?:0x)?${[...parts].reverse().map(hexByte).join('[.:-]?')}`, '0-9a-f')),
    whole('in octal', dotted(octal)),
    whole('in octal', bounded(`0o?${bytes.readUInt32BE(0).toString(8)}`, '0-9')),
    whole('reversed', dotted([...parts].reverse().join('\\.'))),
    whole('backwards', dotted(backwards(parts.join('.')).replaceAll('.', '\\.'))),
    whole('in IPv6', bounded(`(?:::ffff:(?:0:)?|2002:|64:ff9b::)0*${high}:0*${low}`, '0-9a-f')),
    prefix('its /24', dotted(`${a}\\.${b}\\.${c}(?:\\.(?:0+(?:/24)?|[x*]{1,3}))?`)),
    prefix('its /16', dotted(`${a}\\.${b}(?:\\.(?:0+|[x*]{1,3})){2}(?:/16)?`)),
  ];
};

const ipv6Forms = (address: string, bytes: Buffer): readonly Form[] => {
  const hex = bytes.toString('hex');
  const groups = hex.match(/.{4}/g) ?? [];
  const loose = groups.map((group) => `0*${withoutZeros(group)}`).join(':');
  const nibbles = (hex.match(/./g) ?? []).reverse().join('\\.');
  const start = groups
    .slice(0, 3)
    .map((group) => `0*${withoutZeros(group)}`)
    .join(':');
  return [
    whole('as written', bounded(escaped(address), '0-9a-f:')),
    whole('in full', bounded(loose, '0-9a-f:')),
    whole('in hexadecimal', bounded(hex, '0-9a-f')),
    whole('reversed', bounded(nibbles, '0-9a-f')),
    prefix('its /48', bounded(`${start}(?::(?:0{1,4}|[x*]+))?(?:::?(?:/48)?)?`, '0-9a-f:')),
  ];
};

/** Encodings of the text and of the bytes, and hashes without salt. */
const encodedForms = (address: string, bytes: Buffer): readonly Form[] => {
  const text = Buffer.from(address, 'latin1');
  // Also with the line end that shells leave, as bytes, and as a number.
  const inputs = [text, Buffer.from(`${address}\n`, 'latin1'), bytes, Buffer.from(numberOf(bytes), 'latin1')];
  const hashes = (['md5', 'sha1', 'sha256', 'sha512'] as const).flatMap((algorithm) => [
    // Half of one is often all that is sent: 64 bits are no chance.
    whole(`hashed (${algorithm})`, `(?<![0-9a-f])(?:${inputs.map((input) => startOf(algorithm, input)).join('|')})`),
    exactly(`hashed (${algorithm})`, `(?:${inputs.map((input) => bare(digest(algorithm, input))).join('|')})`),
  ]);
  return [
    ...hashes,
    whole('as a checksum (CRC-32)', bounded(crc32(text).toString(16).padStart(8, '0'), '0-9a-f')),
    exactly('in base58', base58(bytes)),
    exactly('in base58', base58(text)),
    exactly('in base64', bare(bytes)),
    exactly('in base64', bare(text)),
    whole('in base32', bounded(base32(bytes), 'a-z2-7')),
    whole('in base32', bounded(base32(text), 'a-z2-7')),
    whole('in hexadecimal of its text', bounded(text.toString('hex'), '0-9a-f')),
  ];
};

const digest = (algorithm: string, input: Buffer): Buffer => createHash(algorithm).update(input).digest();
const startOf = (algorithm: string, input: Buffer): string => digest(algorithm, input).toString('hex').slice(0, 16);
const numberOf = (bytes: Buffer): string => BigInt(`0x${bytes.toString('hex')}`).toString();

const base58Letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** As Bitcoin writes numbers; a leading zero byte is a 1. */
const base58 = (bytes: Buffer): string => {
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = (base58Letters[Number(number % 58n)] ?? '') + text;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(Math.max(0, zeros)) + text;
};

/** Without padding, and with either pair of special letters. */
const bare = (bytes: Buffer): string =>
  escaped(bytes.toString('base64').replace(/=+$/, '')).replace(/\\\+/g, '[+-]').replace(/\\?\//g, '[/_]');

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 §6, without padding. */
export const base32 = (bytes: Buffer): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => letters[Number.parseInt(five.padEnd(5, '0'), 2)] ?? '').join('');
};

const backwards = (text: string): string => Buffer.from(text, 'latin1').reverse().toString('latin1');
const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');
const withoutZeros = (hex: string): string => hex.replace(/^0+(?=.)/, '');
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Numbers with dots: neither a digit nor a further number stands beside them. */
const dotted = (inner: string): string => `(?<![0-9])(?<![0-9]\\.)${inner}(?![0-9x*])(?!\\.[0-9x*])`;
const bounded = (inner: string, near: string): string => `(?<![${near}])${inner}(?![${near}])`;

const whole = (name: string, source: string): Form => ({ name, reach: 'whole', pattern: new RegExp(source, 'gi') });
const prefix = (name: string, source: string): Form => ({ name, reach: 'prefix', pattern: new RegExp(source, 'gi') });
const exactly = (name: string, source: string): Form => ({
  ...{ name, reach: 'whole' },
  pattern: new RegExp(`(?<![A-Za-z0-9+/_-])${source}(?![A-Za-z0-9+/_-])`, 'g'),
});
