/** Hashes of an address without salt, and where one of them, or a piece of one, is written. */

import { createHash, getHashes } from 'node:crypto';

/** What may be hashed: the same thing, written in one way. */
export interface Hashed {
  readonly input: Buffer;
  readonly reach: 'whole' | 'prefix';
}

/** A hash. */
export interface Digest {
  readonly name: string;
  readonly hex: string;
  readonly reach: 'whole' | 'prefix';
  /** The first that anybody would think of: of these a short piece is known again, of all of them it would be by chance. */
  readonly isUsual: boolean;
}

const wanted = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-256', 'blake2b512', 'blake2s256'];

/** All hashes of these, those of hashes, and the ids that are made of names (RFC 9562 §5.3 and §5.5). */
export const digestsOf = (all: readonly Hashed[]): readonly Digest[] => {
  const algorithms = getHashes().filter((name) => wanted.includes(name));
  return all.flatMap(({ input, reach }) => [
    ...algorithms.flatMap((name) => {
      const hex = digest(name, input);
      return [
        { name, hex, reach, isUsual: reach === 'whole' },
        ...(hex.length > 64 ? [] : [unusual(`${name} twice`, digest(name, Buffer.from(hex, 'latin1')), reach)]),
      ];
    }),
    ...namespaces.flatMap((namespace) => {
      const bytes = Buffer.concat([namespace, input]);
      return ['md5', 'sha1'].map((name) => unusual(`an id by ${name}`, digest(name, bytes), reach));
    }),
  ]);
};

const unusual = (name: string, hex: string, reach: Digest['reach']): Digest => ({ name, hex, reach, isUsual: false });

const digest = (name: string, input: Buffer): string => createHash(name).update(input).digest('hex');

/** Of names in DNS, of URLs, of object ids, of X.500, and none (RFC 9562 §6.6). */
const namespaces = [
  ...[0x10, 0x11, 0x12, 0x14].map((low) => Buffer.from(`6ba7b8${low.toString(16)}9dad11d180b400c04fd430c8`, 'hex')),
  Buffer.alloc(16),
];

/** So many digits alike are no chance; an id made of a hash has other digits behind them. */
const enough = 12;
/** A word of so few digits is a piece of a hash where it is the beginning of it, of so many wherever it is in it. */
const [fewest, fewestInside] = [8, 10];

/** Words of hexadecimal digits. */
export interface Words {
  readonly written: readonly string[];
  /** Bytes that came out of something else, where there are at least six of them. */
  readonly within: readonly string[];
}

/** Finds hashes in words of hexadecimal digits. */
export const createDigestSearch = (digests: readonly Digest[]): ((words: Words) => readonly Digest[]) => {
  const byStart = new Map<string, Digest[]>();
  for (const each of digests)
    byStart.set(each.hex.slice(0, fewest), [...(byStart.get(each.hex.slice(0, fewest)) ?? []), each]);
  const startIn = (word: string): Digest | undefined =>
    byStart
      .get(word.slice(0, fewest))
      ?.find(({ hex, isUsual }) => hex.startsWith(word.slice(0, enough)) && (isUsual || word.length >= enough));
  const insideOf = (word: string): Digest | undefined =>
    word.length < fewestInside || word.length > 128
      ? undefined
      : digests.find(({ hex, isUsual }) => isUsual && hex.includes(word));
  return ({ written, within }) => [
    ...written.flatMap((word) => startIn(word) ?? insideOf(word) ?? []),
    ...within.flatMap((word) => startIn(word) ?? []),
  ];
};
