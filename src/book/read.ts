/** From the bytes of a list to readings: decode, tell the format from the head, read to the end in bounded memory. */

import type { Reading } from '../model/book.js';
import type { Scheme } from '../model/hop.js';
import type { Cancel } from '../net/cancel.js';
import { createLineCut } from './cut-lines.js';
import { type Bounds, decode } from './decode.js';
import type { Format, FormatName, Ground, Sample, TextReader } from './format/format.js';
import { formats } from './format/index.js';
import { lines, rejected } from './format/lines.js';
import { schemeOfName } from './format/scheme.js';

/** What the user says of a list. */
export interface ListHints {
  /** The format; without it the head of the list tells. */
  readonly format?: FormatName;
  /** The scheme of entries that say none. */
  readonly scheme?: Scheme;
  /** The name of the file, or the URL: a word in it may tell the scheme. */
  readonly name?: string;
  /** Whether private, local and reserved addresses are taken; `refuse` without a word. */
  readonly privates?: 'refuse' | 'allow';
  readonly bounds?: Bounds;
  /** Nothing says where the text ends: a last line without its end may be cut, and is not read. */
  readonly endless?: boolean;
}

/** A list whose format is known, and its readings, which are read as they are asked for, once. */
export interface List {
  readonly format: FormatName;
  readonly batches: AsyncIterable<readonly Reading[]>;
}

/** So much of a list tells its format. */
const sampled = 65_536;

/**
 * Opens a list. Readings come in batches of what some 64 KiB of text held, in order. Throws, here or while batches are read,
 * `list-unreadable` for packed text that is damaged or grows beyond bounds, and the reason of `cancel`.
 */
export const readList = async (chunks: AsyncIterable<Buffer>, hints: ListHints, cancel: Cancel): Promise<List> => {
  const pieces = decode(chunks, cancel, hints.bounds);
  let head = '';
  let ended = false;
  while (head.length < sampled && !ended) {
    const next = await pieces.next();
    if (next.done === true) ended = true;
    else head += next.value;
  }
  const sample = sampleOf(head.slice(0, sampled));
  const format = hints.format === undefined ? detect(sample) : named(hints.format);
  return { format: format.name, batches: readBatches(head, pieces, { format, hints, sample }) };
};

/** The format that the head of a list resembles. */
export const detect = (sample: Sample): Format => formats.find(({ resembles }) => resembles(sample)) ?? lines;

/** The head of a list as detection wants it. */
export const sampleOf = (text: string): Sample => {
  const all = text.split(/[\n\r\u0085\u2028\u2029]+/).map((line) => line.trim());
  const whole = text.length < sampled || all.length === 1 ? all : all.slice(0, -1);
  return { text, lines: whole.filter((line) => line !== '') };
};

/** A format and what it reads. */
export interface Opening {
  readonly format: Format;
  readonly hints: ListHints;
  readonly sample: Sample;
}

/** A reader of text in any pieces, whose readings go to `say`. */
export const openReader = ({ format, hints, sample }: Opening, to: Pick<Ground, 'say' | 'note'>): TextReader => {
  const told = hints.name === undefined ? undefined : schemeOfName(hints.name);
  const ground: Ground = {
    ...to,
    sample,
    privates: hints.privates ?? 'refuse',
    ...(hints.scheme && { hinted: hints.scheme }),
    ...(told && { named: told }),
  };
  if (format.takes === 'text') return format.open(ground);
  return createLineCut(format.open(ground), {
    tooLong: (line) => to.say(rejected('too-long', line, '')),
    ...(hints.endless === true && { cutOff: (line: number) => to.say(rejected('broken-record', line, '')) }),
  });
};

async function* readBatches(
  head: string,
  rest: AsyncGenerator<string>,
  opening: Opening,
): AsyncGenerator<readonly Reading[]> {
  let batch: Reading[] = [];
  const take = (): readonly Reading[] => {
    const taken = batch;
    batch = [];
    return taken;
  };
  const reader = openReader(opening, { say: (reading) => batch.push(reading) });
  try {
    reader.text(head);
    if (batch.length > 0) yield take();
    for await (const piece of rest) {
      reader.text(piece);
      if (batch.length > 0) yield take();
    }
    reader.end();
    if (batch.length > 0) yield take();
  } finally {
    await rest.return(undefined);
  }
}

const named = (name: FormatName): Format => formats.find((row) => row.name === name) ?? lines;
