/** `kaskade serve`: listeners in the foreground, through a cascade; through the lab where none is stored. */

import { labelCascade, warningsOf } from '../model/cascade.js';
import { fail } from '../model/error.js';
import type { Program } from '../engine/controller.js';
import type { Furnish } from './face.js';
import { type Plan, collect, labHops, serveUntilSignal } from './serving.js';

interface ServeFlags {
  readonly listen: readonly string[];
  readonly cascade?: string;
  readonly public?: true;
  readonly authFile?: string;
}

/** Gives `serve` its flags and its work. */
export const furnishServe: Furnish = (command, run) => {
  command
    .option('--listen <host:port>', 'where programs reach kaskade, port 0 is any; may be given again', collect, [])
    .option('--cascade <name|chain>', 'a stored cascade or a chain, instead of the one in use')
    .option('--public', 'allow listeners that other machines reach; needs --auth-file')
    .option('--auth-file <file>', 'user:password lines; every program must log in with one');
  run(command, async (face) => {
    const program = await face.program();
    return serveUntilSignal(face.output, program, choose(program, command.opts<ServeFlags>()));
  });
};

/** The given cascade, else the one in use, else the lab; never the lab when cascades are stored. */
export const choose = (program: Program, flags: ServeFlags): Plan => {
  const options = { ...flags, public: flags.public === true };
  const names = program.cascades.all().map(({ name }) => name);
  const wanted = flags.cascade ?? program.cascades.inUse();
  if (wanted !== undefined) {
    const cascade = program.cascades.find(wanted);
    const label = names.includes(wanted) ? wanted : labelCascade(cascade);
    return { options, label, warnings: warningsOf(cascade) };
  }
  if (names.length === 0) return { options: { ...options, lab: labHops }, label: 'lab', warnings: [] };
  throw fail('cascade-missing');
};
