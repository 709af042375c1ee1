/** `kaskade tui`: the terminal UI, on the kaskade that runs on this home, or on an engine of its own. */

import { millis } from '../model/brand.js';
import { fail } from '../model/error.js';
import type { Controller, Program } from '../engine/controller.js';
import type { Face, Furnish } from './face.js';
import { collect, labHops, serveUntilSignal } from './serving.js';

interface TuiFlags {
  readonly listen: readonly string[];
  readonly cascade?: string;
}

/** Sessions may end by themselves for so long when the window that runs the engine is left. */
const grace = millis(1_000);

/** Gives `tui` its work. */
export const furnishTui: Furnish = (command, run) => {
  command
    .option(
      '--listen <host:port>',
      'where programs reach kaskade, where none runs yet; may be given again',
      collect,
      [],
    )
    .option('--cascade <name|chain>', 'a stored cascade or a chain to begin with, where none runs yet');
  run(command, async (face) => {
    const flags = command.opts<TuiFlags>();
    if (isTerminal(face)) return show(face, flags);
    face.output.note('This is no terminal: kaskade serves instead of showing itself.');
    const { choose } = await import('./serve.js');
    const program = await face.program();
    return serveUntilSignal(face.output, program, choose(program, flags));
  });
};

const isTerminal = ({ stdin, stdout, output }: Face): boolean =>
  !output.json && 'isTTY' in stdin && stdin.isTTY === true && 'isTTY' in stdout && stdout.isTTY === true;

const show = async (face: Face, flags: TuiFlags): Promise<number> => {
  const program = await face.program();
  const attached = await program.attach();
  const controller = attached ?? (await begin(program, flags));
  const runTui = await face.tui();
  const end = await runTui({ controller, program, ownsEngine: attached === undefined, env: process.env }).catch(
    async (thrown: unknown) => {
      await leave(controller, attached);
      throw thrown;
    },
  );
  await leave(controller, attached);
  if (end === 'gone') throw fail('engine-missing');
  return 0;
};

/** An engine of its own: on the cascade in use, on none where the user has picked none, on the lab where there is nothing to pick. */
const begin = (program: Program, flags: TuiFlags): Promise<Controller> => {
  const bare = flags.cascade === undefined && program.cascades.all().length === 0;
  return program.serve({ ...flags, public: false, open: true, ...(bare ? { lab: labHops } : {}) });
};

const leave = async (controller: Controller, attached: Controller | undefined): Promise<void> => {
  if (attached === undefined) await controller.stop(grace);
  else await attached[Symbol.asyncDispose]();
};
