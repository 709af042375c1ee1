/** What is wrapped in a text: escapes of URLs, HTML and scripts, base64, base32, hexadecimal, numbers, packed words, one in the other. */

import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** A text, and what came out of it. */
export interface Unwrapped {
  /** The text itself first, then the words of each layer under it. */
  readonly texts: readonly string[];
  /** What came out and is no text as a whole. */
  readonly bytes: readonly Buffer[];
}

const deepest = 3;

/** Takes the wrappings off, as many as people put around each other. */
export const unwrap = (text: string): Unwrapped => {
  const texts = [text];
  const bytes: Buffer[] = [];
  for (let layer = text; texts.length <= deepest && layer !== ''; ) {
    const inner = contentsOf(layer);
    bytes.push(...inner);
    layer = [...plainOf(layer), ...inner.flatMap(wordsIn)].join('\n');
    if (layer !== '') texts.push(layer);
  }
  return { texts, bytes };
};

const mostTokens = 400;

/** Hexadecimal digits, with the dashes that ids have. */
export const hexTokens = (text: string): readonly string[] =>
  (text.match(/(?<![0-9a-z])[0-9a-f](?:-?[0-9a-f]){7,4095}/gi) ?? []).slice(0, mostTokens).map(withoutDashes);

const withoutDashes = (token: string): string => token.replaceAll('-', '').toLowerCase();

const contentsOf = (text: string): readonly Buffer[] => {
  const tokens = (text.match(/[A-Za-z0-9+/_-]{6,4096}/g) ?? []).slice(0, mostTokens);
  const numbers = (text.match(/\d{9,40}/g) ?? []).slice(0, mostTokens).map(fromNumber);
  const hex = hexTokens(text).map((token) => Buffer.from(token, 'hex'));
  const whole = [...tokens.map((token) => Buffer.from(token, 'base64')), ...hex];
  const packed = whole.filter(({ length }) => length >= shortestPacked).slice(0, mostPacked);
  return [
    ...whole,
    ...tokens.flatMap(cutBase64),
    ...tokens.flatMap(fromBase32),
    ...numbers,
    ...packed.flatMap(unpacked),
  ];
};

/** What stands before the first letter may be none of it: the other ways in which it may be cut. */
const cutBase64 = (token: string): readonly Buffer[] =>
  [1, 2, 3].map((from) => Buffer.from(token.slice(from), 'base64')).filter(({ length }) => length >= 4);

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 §6. */
const fromBase32 = (token: string): readonly Buffer[] => {
  if (!/^[a-z2-7]+$/i.test(token)) return [];
  const digits = token.toLowerCase().match(/./g) ?? [];
  const bits = digits.map((each) => letters.indexOf(each).toString(2).padStart(5, '0')).join('');
  return [Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))];
};

const fromNumber = (digits: string): Buffer => {
  const hex = BigInt(digits).toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
};

const [shortestPacked, mostPacked] = [16, 8];

/** RFC 1950 to 1952. No bomb is unpacked. */
const unpacked = (bytes: Buffer): readonly Buffer[] => {
  const unpack = unpackerOf(bytes);
  if (unpack === undefined) return [];
  try {
    return [unpack(bytes, { maxOutputLength: 16_384 })];
  } catch {
    return [];
  }
};

/** Without a header of its own, what is short is one block, the last one, with codes in it. */
const unpackerOf = (bytes: Buffer) => {
  const start = bytes.readUInt16BE(0);
  if (start === 0x1f8b) return gunzipSync;
  if (start >> 8 === 0x78 && start % 31 === 0) return inflateSync;
  return [3, 5].includes((start >> 8) & 7) ? inflateRawSync : undefined;
};

/** What can be read in bytes; by chance it is short. */
const wordsIn = (bytes: Buffer): readonly string[] => bytes.toString('latin1').match(/[\x20-\x7e]{4,}/g) ?? [];

/** `%31`, `=31` (RFC 2045), `&#49;`, `&#x31;`, `\\x31`, `\\u0031`. */
const escapes = /[%=][0-9a-f]{2}|&#x?[0-9a-f]{1,6};|\\x[0-9a-f]{2}|\\u00[0-9a-f]{2}/i;
const allEscapes = new RegExp(
  /[%=]([0-9a-f]{2})|&#x([0-9a-f]{1,6});|&#([0-9]{1,6});|\\x([0-9a-f]{2})|\\u00([0-9a-f]{2})/,
  'gi',
);

const plainOf = (text: string): readonly string[] =>
  escapes.test(text) ? [text.replaceAll(allEscapes, characterOf)] : [];

const characterOf = (...found: readonly (string | number | undefined)[]): string => {
  const [, percent, html, decimal, short, long] = found;
  const hex = percent ?? html ?? short ?? long;
  const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
  return code < 256 ? String.fromCharCode(code) : '?';
};
