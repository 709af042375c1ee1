/** The only place that prints: lines for people, JSON values for programs, errors as a sentence and a hint; nothing from outside can move a cursor. */

import type { Writable } from 'node:stream';
import { createColors } from 'picocolors';
import type { Explained } from '../model/failure.js';

/** How a piece of a line looks where colours are seen. */
export type Tone = 'strong' | 'good' | 'bad' | 'faint';

/** A piece of a line: plain, or with a tone. Control characters in it are never printed. */
export type Piece = string | { readonly tone: Tone; readonly text: string };

/** Where a command prints. */
export interface Output {
  /** Whether programs read along: JSON on stdout and nothing else. */
  readonly json: boolean;
  /** A line of the answer, for people: on stdout, or nowhere with --json. */
  readonly say: (...pieces: readonly Piece[]) => void;
  /** A value of the answer, for programs: one line on stdout, or nowhere without --json. */
  readonly value: (value: object) => void;
  /** A line beside the answer, on stderr. */
  readonly note: (...pieces: readonly Piece[]) => void;
  /** A text of several lines that this program wrote itself, such as a script: on stdout whatever reads it. */
  readonly raw: (text: string) => void;
  /** Prints an error as a sentence and a hint on stderr, with KASKADE_DEBUG=1 its stack too; gives the exit code. */
  readonly refuse: (error: Error, explained: Explained) => number;
}

/** What an output is made of. */
export interface OutputParts {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly json: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** An output. That somebody has stopped reading is no error: what is written then is lost. */
export const createOutput = ({ stdout, stderr, json, env }: OutputParts): Output => {
  const colours = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const paintOut = createPainter(colours && stdout.isTTY === true);
  const paintErr = createPainter(colours && stderr.isTTY === true);
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  const note = (...pieces: readonly Piece[]): void => {
    stderr.write(`${paintErr(pieces)}\n`);
  };
  return {
    json,
    say: (...pieces) => {
      if (!json) stdout.write(`${paintOut(pieces)}\n`);
    },
    value: (value) => {
      if (json) stdout.write(`${escapeJson(JSON.stringify(value))}\n`);
    },
    note,
    raw: (text) => {
      stdout.write(text);
    },
    refuse: (error, { sentence, hint, exit }) => {
      note({ tone: 'bad', text: sentence });
      note({ tone: 'faint', text: hint });
      if (env['KASKADE_DEBUG'] === '1') traceOf(error).forEach((line) => note(line));
      return exit;
    },
  };
};

/** Control characters: C0, DEL, C1, line separators, and the marks that turn the direction of writing. */
const controls = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** A text from outside without anything that a terminal obeys; tabs and line ends become spaces. */
export const clean = (text: string): string => text.replace(/[\t\n\r]+/g, ' ').replace(controls, '');

/** The same for JSON, where nothing may get lost: what a terminal obeys is escaped. */
const escapeJson = (json: string): string =>
  json.replace(controls, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);

const createPainter = (coloured: boolean): ((pieces: readonly Piece[]) => string) => {
  const { bold, green, red, dim } = createColors(coloured);
  const tones = { strong: bold, good: green, bad: red, faint: dim };
  return (pieces) =>
    pieces.map((piece) => (typeof piece === 'string' ? clean(piece) : tones[piece.tone](clean(piece.text)))).join('');
};

/** The stack of an error and of what caused it, line by line. */
const traceOf = (error: unknown): readonly string[] => {
  if (!(error instanceof Error)) return [];
  return [...(error.stack ?? error.message).split('\n'), ...traceOf(error.cause)];
};
