/** What every command works with, and how one is put on the command line. */

import type { Command } from 'commander';
import type { Readable } from 'node:stream';
import type { Controller, Program } from '../engine/controller.js';
import type { Output } from './output.js';

/** What the terminal UI is given. */
export interface TuiParts {
  readonly controller: Controller;
  readonly program: Program;
  readonly ownsEngine: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Why the terminal UI has ended. */
export type TuiEnd = 'left' | 'stopping' | 'signal' | 'gone';

/** The program and the streams of this process. */
export interface Face {
  readonly output: Output;
  /** Opens the program on the first call; the home is known by then. Throws `settings-broken` or `home-unusable`. */
  readonly program: () => Promise<Program>;
  /** Loads the terminal UI. */
  readonly tui: () => Promise<(parts: TuiParts) => Promise<TuiEnd>>;
  readonly stdin: Readable;
  readonly stdout: NodeJS.WritableStream;
}

/** What a command does with the arguments as they were written. */
export type Work = (face: Face, args: readonly string[]) => Promise<number | undefined> | Promise<void>;

/** Makes `work` the action of a command; it gives the exit code, 0 where it gives none. */
export type Run = (command: Command, work: Work) => void;

/** Gives a command its arguments, flags and work. */
export type Furnish = (command: Command, run: Run) => void;

/** A row of the table of commands. */
export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** Loads the rest of the command: only the one that was typed is loaded. */
  readonly load: () => Promise<Furnish>;
}
