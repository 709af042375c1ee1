/** The command line of kaskade itself, run as people run it. */

import { fileURLToPath } from 'node:url';
import { type Ended, type RunOptions, bareEnvironment, run } from './real-program.js';

const bin = fileURLToPath(new URL('../../../bin/kaskade.js', import.meta.url));

/** How kaskade is started, as the beginning of a command line. */
export const kaskadeCommand: readonly string[] = [process.execPath, bin];

/** Runs kaskade with a home of its own. */
export const kaskade = (home: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  run([...kaskadeCommand, '--home', home, ...args], {
    ...options,
    env: { ...bareEnvironment(), HOME: home, ...options.env },
  });
