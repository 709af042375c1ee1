/** Looks for facts by value, in every form and through the usual wrappings: no list of field names could be complete. */

import { addressBytes, parseHost } from '../../model/address.js';
import { createDigestSearch, digestsOf } from './digests.js';
import { type Pieces, createDisguiseSearch, piecesOf } from './disguise.js';
import type { Fact } from './facts.js';
import { type Form, formsOf, hashedOf, networkOf } from './forms.js';
import { type Unwrapped, hexTokens, unwrap } from './unwrap.js';

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
  readonly digests: ReturnType<typeof createDigestSearch>;
  readonly disguises: ReturnType<typeof createDisguiseSearch>;
  readonly raw: readonly Raw[];
}

/** Bytes of an address or of its network. */
interface Raw extends Pick<Sighting, 'form' | 'reach'> {
  readonly bytes: Buffer;
  /** Looked for at the end only: in many forms at every place something is found by chance. */
  readonly isEnd: boolean;
}

const mostBytes = 256 * 1024;

/** Proxies say the same with every request. */
const [mostKept, longestKept] = [32, 4_096];

/** A search for these facts. Each is told once for every form it is found in; a whole one hides its prefix. */
export const createSearch = (facts: readonly Fact[]): Search => {
  const wanted = facts.map(wantedOf);
  const kept = new Map<string, readonly Sighting[]>();
  return (bytes) => {
    const text = bytes.toString('latin1', 0, mostBytes);
    // Most of what arrives is what was sent, and nothing is new.
    if (text.trim() === '') return [];
    const known = kept.get(text);
    if (known !== undefined) return known;
    const found = allIn(text, wanted);
    if (kept.size >= mostKept) kept.clear();
    if (text.length <= longestKept) kept.set(text, found);
    return found;
  };
};

const allIn = (text: string, wanted: readonly Wanted[]): readonly Sighting[] => {
  const looked = lookedAt(text);
  const found = new Map<string, Sighting>();
  for (const each of wanted) for (const sighting of sightingsOf(looked, each)) found.set(keyOf(sighting), sighting);
  const all = [...found.values()];
  return all.filter(({ reach, fact }) => reach === 'whole' || !all.some((o) => o.reach === 'whole' && o.fact === fact));
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

/** By chance a few bytes are the beginning of many things. */
const isLong = ({ length }: Buffer): boolean => length >= 6;

const keyOf = ({ fact, form }: Sighting): string => `${String(fact.of)} ${fact.text} ${form}`;

/** The bytes of an address themselves. */
const rawOf = ({ kind, text }: Fact): Buffer | undefined => {
  const host = kind === 'address' ? parseHost(text) : undefined;
  return host === undefined || host.kind === 'name' ? undefined : addressBytes(host);
};

const wantedOf = (fact: Fact): Wanted => {
  const { text, kind } = fact;
  const raw = rawOf(fact);
  if (kind === 'address' && raw !== undefined)
    return {
      fact,
      forms: formsOf(text),
      digests: createDigestSearch(digestsOf(hashedOf(text))),
      disguises: createDisguiseSearch(text),
      raw: rawsOf(text, raw),
    };
  const source = `(?<![a-z0-9_-])${text.replace(/[^a-z0-9]/g, '\\$&')}(?![a-z0-9_-])`;
  const forms = [{ name: 'as written', reach: 'whole' as const, pattern: new RegExp(source, 'gi') }];
  return { fact, forms, digests: () => [], disguises: () => [], raw: [] };
};

/** As they are, the other way round, and with every bit turned, as Teredo does (RFC 4380 §4); and those of the network. */
const rawsOf = (address: string, bytes: Buffer): readonly Raw[] => {
  const network = networkOf(address);
  return [
    { form: 'as bytes', reach: 'whole', bytes, isEnd: false },
    { form: 'as bytes, reversed', reach: 'whole', bytes: Buffer.from(bytes).reverse(), isEnd: true },
    { form: 'as bytes, turned', reach: 'whole', bytes: Buffer.from(bytes.map((byte) => byte ^ 0xff)), isEnd: true },
    ...(network === undefined
      ? []
      : [{ form: 'its network as bytes', reach: 'prefix' as const, bytes: network.bytes, isEnd: true }]),
  ];
};

/** A text with all that is made of it once, whatever is looked for. */
interface Looked extends Unwrapped {
  /** Words of hexadecimal digits, and longer bytes in such. */
  readonly words: Parameters<ReturnType<typeof createDigestSearch>>[0];
  readonly pieces: Pieces;
}

const lookedAt = (text: string): Looked => {
  const inner = unwrap(text);
  const written = inner.texts.flatMap(hexTokens);
  const within = inner.bytes.filter(isLong).map((each) => each.toString('hex'));
  return { ...inner, words: { written, within }, pieces: piecesOf(inner.texts, inner.bytes) };
};

const sightingsOf = (
  { texts, bytes, words, pieces }: Looked,
  { fact, forms, digests, disguises, raw }: Wanted,
): readonly Sighting[] => [
  ...texts.flatMap((text) => formsIn(text, forms)).map((seen) => ({ fact, ...seen })),
  ...digests(words).map(({ name, hex, reach }) => ({ fact, form: `hashed, ${name}`, reach, near: hex })),
  ...disguises(pieces).map((seen) => ({ fact, reach: 'whole' as const, ...seen })),
  ...raw
    .filter(({ bytes: own, isEnd }) =>
      bytes.some((inner) => (isEnd ? inner.subarray(-own.length).equals(own) : inner.includes(own))),
    )
    .map(({ form, reach, bytes: near }) => ({ fact, form, reach, near: near.toString('hex') })),
];

const formsIn = (text: string, forms: readonly Form[]): readonly Omit<Sighting, 'fact'>[] =>
  forms.flatMap(({ name, reach, pattern }) => {
    pattern.lastIndex = 0;
    const hit = pattern.exec(text);
    if (hit === null) return [];
    return [{ form: name, reach, near: around(text, hit.index, hit[0].length) }];
  });

/** The line that a hit is in, where it is not long: what stands in other lines is not of it. */
const around = (text: string, at: number, length: number): string => {
  const from = Math.max(text.lastIndexOf('\n', at) + 1, at - 60);
  const end = text.indexOf('\n', at + length);
  return text.slice(from, Math.min(end === -1 ? text.length : end, at + length + 30));
};
