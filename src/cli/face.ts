/** What every command works with, and how one is added to the command line. */

import type { Command } from 'commander';
import type { Readable } from 'node:stream';
import type { Program } from '../engine/controller.js';
import type { Output } from './output.js';

/** The program and the streams of this process. */
export interface Face {
  readonly output: Output;
  /** Opens the program on the first call; the home is known by then. Throws `settings-broken` or `home-unusable`. */
  readonly program: () => Promise<Program>;
  readonly stdin: Readable;
  readonly stdout: NodeJS.WritableStream;
}

/** Adds one command to the root; `run` makes what it does its action. The work gives the exit code, 0 where it gives none. */
export type AddCommand = (root: Command, run: Run) => void;

/** What a command does with the arguments as they were written. */
export type Work = (face: Face, args: readonly string[]) => Promise<number | undefined> | Promise<void>;

/** Makes `work` the action of a command. */
export type Run = (command: Command, work: Work) => void;
