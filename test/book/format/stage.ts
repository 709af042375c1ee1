/** What tests of the formats share: reading bytes and text to the end, and chance that repeats. */

import { readFileSync } from 'node:fs';
import { formats } from '../../../src/book/format/index.js';
import { type List, type ListHints, detect, openReader, readList, sampleOf } from '../../../src/book/read.js';
import type { Reading } from '../../../src/model/book.js';
import type { Cancel } from '../../../src/net/cancel.js';
import { createAborter } from '../../../src/net/signal.js';
import { corpus } from '../corpus/lines.js';

/** A cancel that never comes. */
export const never: Cancel = { signal: createAborter().signal };

/** Chunks as an async source. */
export async function* source(...chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield chunk;
}

/** The bytes of a file of the corpus. */
export const fileBytes = (name: string): Buffer => readFileSync(`${corpus}files/${name}`);

/** A list's format and all readings. */
export const readAll = async (
  chunks: AsyncIterable<Buffer>,
  hints: ListHints = {},
): Promise<Pick<List, 'format'> & { readonly readings: readonly Reading[] }> => {
  const { format, batches } = await readList(chunks, hints, never);
  const readings: Reading[] = [];
  for await (const batch of batches) readings.push(...batch);
  return { format, readings };
};

/** Readings of a text in the pieces given, all at once. */
export const readPieces = (pieces: readonly string[], hints: ListHints = {}): readonly Reading[] => {
  const sample = sampleOf(pieces.join('').slice(0, 65_536));
  const readings: Reading[] = [];
  const reader = openReader(
    { format: formatOf(hints) ?? detect(sample), hints, sample },
    { say: (reading) => readings.push(reading) },
  );
  for (const piece of pieces) reader.text(piece);
  reader.end();
  return readings;
};

const formatOf = ({ format }: ListHints) => formats.find(({ name }) => name === format);
