/** What a list format is: how it is recognised, and how its text becomes readings. */

import type { Reading } from '../../model/book.js';
import type { Scheme } from '../../model/hop.js';
import type { Entry } from './entry.js';

/** The formats that a list may have; `html` is a page where a list was expected, and nothing of it is taken. */
export type FormatName =
  | 'lines'
  | 'proxychains'
  | 'csv'
  | 'json'
  | 'jsonl'
  | 'clash'
  | 'sing-box'
  | 'pac'
  | 'settings'
  | 'blocklist'
  | 'html';

/** The head of a list, to tell its format from. */
export interface Sample {
  readonly text: string;
  /** Its lines that hold something, trimmed, without a last one that may be cut. */
  readonly lines: readonly string[];
}

/** What a reader is told of its list, and where its readings go. */
export interface Ground {
  /** The scheme of entries that do not say one, as the user gave it. */
  readonly hinted?: Scheme;
  /** The scheme that the list's name speaks of. */
  readonly named?: Scheme;
  /** Whether private, local and reserved addresses are taken. */
  readonly privates: 'refuse' | 'allow';
  readonly sample: Sample;
  readonly say: (reading: Reading) => void;
  /** Hears of each entry how it was read; only for explanations, as it costs the short way of plain lines. */
  readonly note?: (entry: Entry) => void;
}

/** Reads line after line; a line is whole, without its end, and at most as long as lines may be. */
export interface LineReader {
  readonly line: (text: string, number: number) => void;
  /** No line follows. */
  readonly end: () => void;
}

/** Reads text in pieces that may be cut anywhere. */
export interface TextReader {
  readonly text: (piece: string) => void;
  /** No text follows. */
  readonly end: () => void;
}

/** One row of the table of formats. */
export type Format = {
  readonly name: FormatName;
  /** What it is, for people. */
  readonly about: string;
  /** Tells whether the head of a list looks like this format and like none of the rows below. */
  readonly resembles: (sample: Sample) => boolean;
} & (
  | { readonly takes: 'lines'; readonly open: (ground: Ground) => LineReader }
  | { readonly takes: 'text'; readonly open: (ground: Ground) => TextReader }
);

/** The longest line and the longest record that is read, in UTF-16 units; what is longer is skipped and counted. */
export const longestLine = 65_536;
