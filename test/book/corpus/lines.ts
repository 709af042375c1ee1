/** Reads the corpus of lines, and writes readings in its notation. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { labelEndpoint } from '../../../src/model/address.js';
import type { Reading } from '../../../src/model/book.js';

/** One line of the corpus. */
export interface Case {
  readonly expected: string;
  readonly line: string;
  /** Where in the file it stands. */
  readonly at: number;
}

/** The folder of the corpus in the sources, as data is not compiled. */
export const corpus = fileURLToPath(new URL('../../../../test/book/corpus/', import.meta.url));

/** All lines of the corpus with their expected readings. */
export const lineCases = (): readonly Case[] =>
  readFileSync(`${corpus}lines.tsv`, 'utf8')
    .split('\n')
    .map((row, index) => ({ row, at: index + 1 }))
    .filter(({ row }) => row.includes('\t') && !row.startsWith('#'))
    .map(({ row, at }) => {
      const tab = row.indexOf('\t');
      return { expected: row.slice(0, tab), line: unescaped(row.slice(tab + 1)), at };
    });

/** A reading in the notation of the corpus. */
export const notation = (reading: Reading): string => {
  if (reading.kind === 'range') return `range ${reading.range}`;
  if (reading.kind === 'rejected') return `!${reading.why}`;
  const { hop, assumed, hearsay } = reading;
  const login = hop.credentials && ` u=${hop.credentials.user.reveal()} p=${hop.credentials.password.reveal()}`;
  const said = [
    hearsay?.country && ` c=${hearsay.country}`,
    hearsay?.anonymity && ` a=${hearsay.anonymity}`,
    hearsay?.exit && ` x=${hearsay.exit}`,
  ];
  return [`${hop.scheme}${assumed ? '?' : ''} ${labelEndpoint(hop.endpoint)}`, login, ...said].filter(Boolean).join('');
};

const unescaped = (text: string): string =>
  text
    .replace(/\\u\{([0-9a-f]+)\}/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\t/g, '\t');
