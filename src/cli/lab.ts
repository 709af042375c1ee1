/** `kaskade lab`: a rehearsal with proxies of this machine. */

import { mostHops } from '../model/cascade.js';
import { fail } from '../model/error.js';
import type { Furnish } from './face.js';
import { collect, serveUntilSignal } from './serving.js';

interface LabFlags {
  readonly listen: readonly string[];
  readonly hops: string;
}

/** Gives `lab` its flags and its work. */
export const furnishLab: Furnish = (command, run) => {
  command
    .option('--hops <number>', `how many proxies, 1 to ${mostHops}`, '3')
    .option('--listen <host:port>', 'where programs reach kaskade, port 0 is any; may be given again', collect, []);
  run(command, async (face) => {
    const { hops, listen } = command.opts<LabFlags>();
    const lab = countHops(hops);
    const program = await face.program();
    return serveUntilSignal(face.output, program, {
      options: { listen, public: false, lab },
      label: 'lab',
      warnings: [],
    });
  });
};

const countHops = (text: string): number => {
  const hops = /^\d$/.test(text) ? Number(text) : 0;
  if (hops < 1 || hops > mostHops) throw fail('bad-usage', { note: `--hops is a number from 1 to ${mostHops}.` });
  return hops;
};
