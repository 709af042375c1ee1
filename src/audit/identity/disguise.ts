/** An address behind a disguise that leaves its shape: every byte of its text changed alike, or its parts among other words. */

/** What was seen. */
export interface Disguised {
  readonly form: string;
  readonly near: string;
}

/** What is searched, taken to pieces once for all addresses. */
export interface Pieces {
  readonly bytes: Buffer;
  readonly steps: readonly Buffer[];
  readonly rows: readonly Row[];
}

/** Takes texts and bytes to pieces. */
export const piecesOf = (texts: readonly string[], bytes: readonly Buffer[]): Pieces => {
  const all = Buffer.concat(
    [...texts.map((text) => Buffer.from(text, 'latin1')), ...bytes].flatMap((each) => [each, end]),
  );
  return { bytes: all, steps: changes.map(({ between }) => stepsOf(all, between)), rows: texts.flatMap(rowsIn) };
};

const end = Buffer.from('\n', 'latin1');

/** A search for one address. */
export const createDisguiseSearch = (address: string): ((pieces: Pieces) => readonly Disguised[]) => {
  const text = Buffer.from(address, 'latin1');
  const steps = changes.map(({ between }) => stepsOf(text, between));
  const octets = address.includes(':') ? [] : address.split('.').map(Number);
  return (pieces) => [
    ...(text.length < shortest ? [] : steps.flatMap((own, nth) => changedAlike(own, text, { pieces, nth }))),
    ...(isTelling(octets) ? apartIn(octets, pieces) : []),
  ];
};

/** Shorter ones have a shape that other words have too. */
const shortest = 9;

/** With one number added to every byte, or mixed into it: then the steps from byte to byte are those of the address. */
const changedAlike = (
  own: Buffer,
  text: Buffer,
  { pieces: { bytes, steps }, nth }: { readonly pieces: Pieces; readonly nth: number },
): readonly Disguised[] => {
  const change = changes[nth];
  if (change === undefined) return [];
  const { form, between, back } = change;
  const isIt = (at: number): boolean => {
    const by = between(bytes[at] ?? 0, text[0] ?? 0);
    const beside = [bytes[at - 1], bytes[at + text.length]].map((byte) => (byte === undefined ? 0 : back(byte, by)));
    // With nothing between it is an address in clear, and one with more digits may be another.
    return by !== 0 && !beside.some((byte) => isDigit.test(String.fromCharCode(byte)));
  };
  const at = placesOf(own, steps[nth]).find(isIt);
  return at === undefined ? [] : [{ form, near: bytes.toString('latin1', at, at + text.length) }];
};

const placesOf = (what: Buffer, where: Buffer | undefined): readonly number[] => {
  const places: number[] = [];
  let at = where?.indexOf(what) ?? -1;
  while (at !== -1) {
    places.push(at);
    at = where?.indexOf(what, at + 1) ?? -1;
  }
  return places;
};

const isDigit = /[0-9]/;

type Mix = (one: number, other: number) => number;

const changes: readonly { readonly form: string; readonly between: Mix; readonly back: Mix }[] = [
  { form: 'shifted', between: (one, other) => (one - other) & 0xff, back: (one, by) => (one - by) & 0xff },
  { form: 'masked', between: (one, other) => one ^ other, back: (one, by) => one ^ by },
];

const stepsOf = (bytes: Buffer, between: Mix): Buffer =>
  Buffer.from(bytes.subarray(1).map((byte, nth) => between(byte, bytes[nth] ?? 0)));

/** Four small numbers stand beside each other in many texts. */
const isTelling = (octets: readonly number[]): boolean =>
  octets.reduce((bits, octet) => bits + octet.toString(2).length, 0) >= 12;

const mostWords = 2_000;

/** Its parts one after the other, forwards or backwards, with names or counts between them. */
const apartIn = (octets: readonly number[], { rows }: Pieces): readonly Disguised[] => {
  const orders = [octets, [...octets].reverse()];
  const seen = rows.find((row) => orders.some((order) => [1, 2].some((step) => isRow(row, order, step))));
  return seen === undefined ? [] : [{ form: 'in parts', near: seen.line.slice(0, 80) }];
};

/** The small numbers in a line, and in all lines together. */
interface Row {
  readonly line: string;
  readonly parts: readonly Part[];
}

const rowsIn = (text: string): readonly Row[] =>
  [text.replaceAll('\n', ' '), ...text.split('\n')].flatMap((line) => {
    const words = [...line.matchAll(/[0-9a-z]+/gi)].slice(0, mostWords);
    const both = words.length < 4 ? [] : [numbersIn(words, decimal), numbersIn(words, hexadecimal)];
    return both.filter(({ length }) => length >= 4).map((parts) => ({ line, parts }));
  });

interface Part {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

const decimal = (word: string): number => (/^0*\d{1,3}$/.test(word) ? Number(word) : Number.NaN);
const hexadecimal = (word: string): number =>
  /^(?:0x)?[0-9a-f]{1,2}$/i.test(word) ? Number.parseInt(word, 16) : Number.NaN;

const numbersIn = (words: readonly RegExpExecArray[], read: (word: string) => number): readonly Part[] =>
  words.flatMap(({ 0: word, index }) => {
    const value = read(word);
    return value <= 255 ? [{ value, from: index, to: index + word.length }] : [];
  });

/** With nothing but dots between them they are a version, or another address. */
const isRow = ({ parts, line }: Row, order: readonly number[], step: number): boolean =>
  parts.some((_, at) => {
    const four = order.map((_octet, nth) => parts[at + nth * step]);
    if (!four.every((part, nth) => part?.value === order[nth])) return false;
    return /[^0-9.]/.test(line.slice(four[0]?.to, four[3]?.from));
  });
