/** The forms in which an address may be written, each as a pattern that matches it as a whole token. */

import { crc32 } from 'node:zlib';
import { addressBytes, parseHost } from '../../model/address.js';
import type { Hashed } from './digests.js';

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
  const network = networkOf(address);
  const ofNetwork = network === undefined ? [] : encodedForms(network.text, network.bytes);
  return [...own, ...encodedForms(address, bytes), ...ofNetwork.map(asPrefix)];
};

const asPrefix = ({ name, pattern }: Form): Form => ({ name: `its network ${name}`, reach: 'prefix', pattern });

/** What may be hashed of an address: it and its network, as text, with the line end that shells leave, as bytes, as a number. */
export const hashedOf = (address: string): readonly Hashed[] => {
  const host = parseHost(address);
  if (host.kind === 'name') return [];
  const network = networkOf(address);
  return [
    ...inputsOf(address, addressBytes(host)).map((input) => ({ input, reach: 'whole' as const })),
    ...(network === undefined
      ? []
      : [...inputsOf(network.text, network.bytes), Buffer.from(network.text.replace(/\.0$/, ''), 'latin1')].map(
          (input) => ({ input, reach: 'prefix' as const }),
        )),
  ];
};

const inputsOf = (text: string, bytes: Buffer): readonly Buffer[] => [
  ...[text, `${text}\n`, numberOf(bytes)].map((each) => Buffer.from(each, 'latin1')),
  bytes,
];

/** The /24 of an IPv4 address, where it says something: what begins with a small number looks like many other things. */
export const networkOf = (address: string): { readonly text: string; readonly bytes: Buffer } | undefined => {
  const host = parseHost(address);
  if (host.kind !== 'ipv4') return undefined;
  const [a = 0, b = 0, c = 0] = addressBytes(host);
  return a < 16 ? undefined : { text: `${a}.${b}.${c}.0`, bytes: Buffer.from([a, b, c, 0]) };
};

const ipv4Forms = (bytes: Buffer): readonly Form[] => {
  const parts = [...bytes];
  const [a = 0, b = 0, c = 0] = parts;
  const hex = bytes.toString('hex');
  const [high, low] = [hex.slice(0, 4), hex.slice(4)].map(withoutZeros);
  const octal = parts.map((part) => `0*${part.toString(8)}`).join('\\.');
  const loose = '(?:[-_,/+|;] ?|[.] | )';
  const inHex = '(?:[^0-9a-z\\n]{0,2}0x|\\\\x|[.: -])?';
  return [
    whole('dotted', dotted(parts.map((part) => `0*${part}`).join('\\.'))),
    whole('with dashes', bounded(parts.map((part) => `0*${part}`).join(loose), '0-9')),
    whole('with dashes, reversed', bounded([...parts].reverse().join(loose), '0-9')),
    whole('as one number', bounded(String(bytes.readInt32BE(0)), '0-9.')),
    // As F5 writes the address of a server into a cookie; where it ends with zeros that is a small number, and any.
    ...(parts[3] === 0 ? [] : [whole('as one number, reversed', bounded(String(bytes.readUInt32LE(0)), '0-9'))]),
    whole('in binary', bounded(parts.map((part) => part.toString(2).padStart(8, '0')).join('[. ]'), '01')),
    whole('in hexadecimal', bounded(`(?:0x)?${parts.map(hexByte).join(inHex)}`, '0-9a-f')),
    whole(
      'in hexadecimal',
      bounded(`0x${parts.map((part) => part.toString(16)).join('[^0-9a-z\\n]{0,2}0x')}`, '0-9a-f'),
    ),
    whole('in hexadecimal, reversed', bounded(`(?:0x)?${[...parts].reverse().map(hexByte).join('[.:-]?')}`, '0-9a-f')),
    whole('in octal', dotted(octal)),
    whole('reversed', dotted([...parts].reverse().join('\\.'))),
    whole('backwards', dotted(backwards(parts.join('.')).replaceAll('.', '\\.'))),
    whole('with other digits', otherDigits(parts.join('.'))),
    whole('in words', parts.map(inWords).join('[^a-z0-9]*(?:dot|point)?[^a-z0-9]*')),
    whole('in IPv6', bounded(`(?:::ffff:(?:0:)?|2002:|64:ff9b::)0*${high}:0*${low}`, '0-9a-f')),
    prefix('its /24', dotted(`${a}\\.${b}\\.${c}(?:\\.(?:0+(?:/24)?|[x*]{1,3}))?`)),
    prefix('its /24 with dashes', `(?<![0-9])${[a, b, c].join('[-_]')}(?:[-_](?:0|x+))?(?![-_.]?[0-9])`),
    prefix('its /16', dotted(`${a}\\.${b}(?:\\.(?:0+|[x*]{1,3})){2}(?:/16)?`)),
  ];
};

/** Every digit so many further, or as a letter; what stands between the parts is left. */
const otherDigits = (text: string): string => {
  const shifts = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((by) =>
    text.replace(/\d/g, (digit) => String((Number(digit) + by) % 10)),
  );
  const asLetters = text.replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '').replaceAll('.', '[^a-z]');
  return `(?:${shifts.map((each) => dotted(each.replaceAll('.', '\\.'))).join('|')}|${bounded(asLetters, 'a-z')})`;
};

const digitNames = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const inWords = (part: number): string =>
  (String(part).match(/./g) ?? []).map((digit) => digitNames[Number(digit)] ?? '').join('[^a-z0-9]*');

const ipv6Forms = (address: string, bytes: Buffer): readonly Form[] => {
  const hex = bytes.toString('hex');
  const groups = (hex.match(/.{4}/g) ?? []).map((group) => `0*${withoutZeros(group)}`);
  const nibbles = (hex.match(/./g) ?? []).reverse().join('\\.');
  const start = (count: number): string => groups.slice(0, count).join(':');
  const own = bytes.subarray(8);
  return [
    whole('as written', bounded(escaped(address), '0-9a-f:')),
    whole('in full', bounded(groups.join(':'), '0-9a-f:')),
    whole('in hexadecimal', bounded(hex, '0-9a-f')),
    whole('reversed', bounded(nibbles, '0-9a-f')),
    // What a machine is called in every network, where it is no number that somebody gave it.
    ...(own.filter((byte) => byte !== 0).length < 5
      ? []
      : [whole('its second half', bounded(`(?:${groups.slice(4).join(':')}|${own.toString('hex')})`, '0-9a-f'))]),
    prefix('its /64', bounded(`(?:${start(4)}(?:::?(?:/64)?)?|${hex.slice(0, 16)})`, '0-9a-f:')),
    prefix('its /48', bounded(`${start(3)}(?::(?:0{1,4}|[x*]+))?(?:::?(?:/48)?)?`, '0-9a-f:')),
  ];
};

/** Encodings of the text and of the bytes that no unwrapping takes off, and checksums. */
const encodedForms = (address: string, bytes: Buffer): readonly Form[] => {
  const text = Buffer.from(address, 'latin1');
  const number = BigInt(`0x${bytes.toString('hex')}`);
  const sums = [crc32(text), fnv1a(text)];
  return [
    whole('as one number', bounded(number.toString(), '0-9.')),
    whole('in binary', bounded(number.toString(2).padStart(bytes.length * 8, '0'), '01')),
    whole('in octal', bounded(`0o?${number.toString(8)}`, '0-9')),
    whole('in base36', bounded(number.toString(36), '0-9a-z')),
    whole('as a checksum', bounded(`(?:${sums.flatMap(sumsOf).join('|')})`, '0-9a-f')),
    ...[base58Letters, base62Letters, lowFirst].map((letters) =>
      exactly('in digits and letters', inBase(bytes, letters)),
    ),
    exactly('in digits and letters', inBase(text, base58Letters)),
    ...[ascii85, z85, rfc1924].flatMap((letters) =>
      [bytes, text].map((each) => exactly('in base85', escaped(inBase85(each, letters)))),
    ),
    exactly('in base64', bare(bytes)),
    whole('in base32', bounded(base32(bytes), 'a-z2-7')),
  ];
};

const sumsOf = (sum: number): readonly string[] => [sum.toString(16).padStart(8, '0'), String(sum)];

/** The 32 bits of Fowler, Noll and Vo. */
const fnv1a = (bytes: Buffer): number =>
  bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193) >>> 0, 0x811c9dc5);

const numberOf = (bytes: Buffer): string => BigInt(`0x${bytes.toString('hex')}`).toString();

const base62Letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const lowFirst = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const base58Letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const ascii85 = String.fromCharCode(...Array.from({ length: 85 }, (_, nth) => 33 + nth));
/** RFC 32 of ZeroMQ. */
const z85 = `${lowFirst}.-:+=^!/*?&<>()[]{}@%$#`;
/** The letters of RFC 1924, as git and Python use them. */
const rfc1924 = `${base62Letters}!#$%&()*+-;<=>?@^_\`{|}~`;

/** Whole groups of four bytes, each in five letters; what is over in as many letters as it needs. */
const inBase85 = (bytes: Buffer, letters: string): string => {
  const groups = Array.from({ length: Math.ceil(bytes.length / 4) }, (_, nth) => bytes.subarray(nth * 4, nth * 4 + 4));
  return groups
    .map((group) => {
      const number = Buffer.concat([group, Buffer.alloc(4 - group.length)]).readUInt32BE(0);
      const digits = [4, 3, 2, 1, 0].map((power) => letters[Math.floor(number / 85 ** power) % 85] ?? '');
      return digits.slice(0, group.length + 1).join('');
    })
    .join('');
};

/** As Bitcoin writes numbers with its letters; a leading zero byte is the first of them. */
const inBase = (bytes: Buffer, letters: string): string => {
  const base = BigInt(letters.length);
  let text = '';
  for (let number = BigInt(`0x${bytes.toString('hex')}`); number > 0n; number /= base)
    text = (letters[Number(number % base)] ?? '') + text;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return (letters[0] ?? '').repeat(Math.max(0, zeros)) + text;
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
