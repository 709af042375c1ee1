/** Looks for facts by value, in every form and through the usual wrappings: no list of field names could be complete. */

import { addressBytes, parseHost } from '../../model/address.js';
import type { Fact } from './facts.js';
import { type Form, formsOf } from './forms.js';

/** A fact that was found. */
export interface Sighting {
  readonly fact: Fact;
  readonly form: string;
  readonly reach: 'whole' | 'prefix';
  /** What stands around it. */
  readonly near: string;
}

/** Finds facts in bytes. */
export type Search = (bytes: Buffer) => readonly Sighting[];

interface Wanted {
  readonly fact: Fact;
  readonly forms: readonly Form[];
}

const mostBytes = 256 * 1024;
const deepest = 3;

/** A search for these facts. Each is told once for every form it is found in; a whole one hides its prefix. */
export const createSearch = (facts: readonly Fact[]): Search => {
  const wanted = facts.map(wantedOf);
  return (bytes) => {
    const found = new Map<string, Sighting>();
    for (const text of unwrapped(bytes.toString('latin1', 0, mostBytes))) {
      for (const each of wanted) for (const sighting of sightingsOf(text, each)) found.set(keyOf(sighting), sighting);
    }
    const all = [...found.values()];
    return all.filter(
      ({ reach, fact }) => reach === 'whole' || !all.some((o) => o.reach === 'whole' && o.fact === fact),
    );
  };
};

/** Finds the bytes of addresses in a binary header, beside what a text search finds there. */
export const searchBinary = (bytes: Buffer, facts: readonly Fact[]): readonly Sighting[] =>
  (bytes.length === 0 ? [] : facts).flatMap((fact) => {
    const raw = rawOf(fact);
    const at = raw === undefined ? -1 : bytes.indexOf(raw);
    return at === -1
      ? []
      : [{ fact, form: 'as bytes', reach: 'whole' as const, near: bytes.toString('hex').slice(0, 80) }];
  });

const keyOf = ({ fact, form }: Sighting): string => `${String(fact.of)} ${fact.text} ${form}`;

/** The bytes of an address themselves. */
const rawOf = ({ kind, text }: Fact): Buffer | undefined => {
  const host = kind === 'address' ? parseHost(text) : undefined;
  return host === undefined || host.kind === 'name' ? undefined : addressBytes(host);
};

const wantedOf = (fact: Fact): Wanted => {
  if (fact.kind === 'address') return { fact, forms: formsOf(fact.text) };
  const source = `(?<![a-z0-9_-])${fact.text.replace(/[^a-z0-9]/g, '\\$&')}(?![a-z0-9_-])`;
  return { fact, forms: [{ name: 'as written', reach: 'whole', pattern: new RegExp(source, 'gi') }] };
};

const sightingsOf = (text: string, { fact, forms }: Wanted): readonly Sighting[] =>
  forms.flatMap(({ name, reach, pattern }) => {
    pattern.lastIndex = 0;
    const hit = pattern.exec(text);
    if (hit === null) return [];
    return [{ fact, form: name, reach, near: text.slice(Math.max(0, hit.index - 30), hit.index + hit[0].length + 10) }];
  });

/** The text itself, and what is wrapped in it: escapes of URLs, HTML and scripts, base64, base32, hexadecimal, one in the other. */
const unwrapped = (text: string): readonly string[] => {
  const all = [text];
  let layer = [text];
  for (let depth = 0; depth < deepest && layer.length > 0; depth += 1) {
    layer = layer.flatMap(unwrapOnce).filter((inner) => !all.includes(inner));
    all.push(...layer.slice(0, 200));
  }
  return all;
};

const mostTokens = 400;

const unwrapOnce = (text: string): readonly string[] => {
  const percent = escapes.test(text) ? [text.replaceAll(allEscapes, plainOf)] : [];
  const tokens = (text.match(/[A-Za-z0-9+/_-]{8,4096}/g) ?? []).slice(0, mostTokens);
  return [...percent, ...tokens.flatMap((token) => decodings(token).filter(isText))];
};

/** `%31`, `=31` (RFC 2045), `&#49;`, `&#x31;`, `\\x31`, `\\u0031`. */
const escapes = /[%=][0-9a-f]{2}|&#x?[0-9a-f]{1,6};|\\x[0-9a-f]{2}|\\u00[0-9a-f]{2}/i;
const allEscapes = new RegExp(
  /[%=]([0-9a-f]{2})|&#x([0-9a-f]{1,6});|&#([0-9]{1,6});|\\x([0-9a-f]{2})|\\u00([0-9a-f]{2})/,
  'gi',
);

const plainOf = (...found: readonly (string | number | undefined)[]): string => {
  const [, percent, html, decimal, short, long] = found;
  const hex = percent ?? html ?? short ?? long;
  const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
  return code < 256 ? String.fromCharCode(code) : '?';
};

const decodings = (token: string): readonly string[] => [
  Buffer.from(token, 'base64').toString('latin1'),
  ...(/^(?:[0-9a-f]{2})+$/i.test(token) ? [Buffer.from(token, 'hex').toString('latin1')] : []),
  ...(/^[a-z2-7]+$/i.test(token) ? [fromBase32(token)] : []),
];

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

const fromBase32 = (token: string): string => {
  const digits = token.toLowerCase().match(/./g) ?? [];
  const bits = digits.map((each) => letters.indexOf(each).toString(2).padStart(5, '0')).join('');
  return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 2))).join('');
};

/** What is unwrapped by chance is noise: it has odd bytes in it. */
const isText = (text: string): boolean => text.length >= 4 && /^[\x09\x0a\x0d\x20-\x7e]+$/.test(text);
