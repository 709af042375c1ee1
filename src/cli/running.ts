/** The kaskade that runs on this home, as commands use it. */

import type { NonEmpty } from '../model/brand.js';
import type { Command } from '../model/command.js';
import { asKaskadeError, fail } from '../model/error.js';
import { type Failure, explain } from '../model/failure.js';
import type { Controller, Program } from '../engine/controller.js';
import type { Face } from './face.js';
import type { Output } from './output.js';

/** Lets `work` ask the running kaskade, and detaches from it. Throws `engine-missing` where none runs. */
export const withRunning = async <Result>(
  face: Face,
  work: (engine: Controller) => Promise<Result>,
): Promise<Result> => {
  const program = await face.program();
  const engine = await program.attach();
  if (engine === undefined) throw fail('engine-missing');
  try {
    return await work(engine);
  } finally {
    await engine[Symbol.asyncDispose]();
  }
};

/** What a running kaskade is to do, and what is said of it when it has. */
export interface Telling {
  readonly commands: NonEmpty<Command>;
  readonly done: string;
}

/** It reads again what is stored. */
export const reading: Telling = { commands: [{ do: 'reload' }], done: 'has read it' };

/** It goes over to a cascade. */
export const using = (name: string): Telling => ({
  commands: [{ do: 'reload' }, { do: 'use-cascade', name }],
  done: 'sends new sessions through it; open ones finish on theirs',
});

/** Tells a running kaskade of what was stored, and says on stderr what it made of it; says nothing where none runs. What it is told may depend on the cascade that it uses. */
export const tellRunning = async (
  output: Output,
  program: Program,
  telling: (cascade: string | undefined) => Telling,
): Promise<void> => {
  try {
    const engine = await program.attach();
    if (engine === undefined) return;
    const { pid, cascade } = engine.snapshot;
    const { commands, done } = telling(cascade);
    let result = await engine.execute(commands[0]);
    for (const command of commands.slice(1)) if (result.done) result = await engine.execute(command);
    await engine[Symbol.asyncDispose]();
    output.note(result.done ? `The running kaskade (pid ${pid}) ${done}.` : goesOn(`(pid ${pid})`, result.failure));
  } catch (thrown) {
    // What was asked for is stored all the same.
    output.note(goesOn('could not be told and', asKaskadeError(thrown).failure));
  }
};

const goesOn = (which: string, failure: Failure): string =>
  `The running kaskade ${which} goes on as before: ${explain(failure).sentence}`;
