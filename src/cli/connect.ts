/** `kaskade connect`: stdin and stdout through a cascade, for ssh's ProxyCommand. */

import { asKaskadeError } from '../model/error.js';
import type { Furnish } from './face.js';
import { catchSignals } from './signals.js';
import { readTarget } from './target.js';

interface ConnectFlags {
  readonly cascade?: string;
}

/** Gives `connect` its arguments, its flag and its work. */
export const furnishConnect: Furnish = (command, run) => {
  command
    .argument('<host>', 'a name or an address; the last hop looks names up')
    .argument('<port>')
    .option('--cascade <name|chain>', 'a stored cascade or a chain, instead of the one in use')
    .addHelpText('after', "\nExample: ssh -o ProxyCommand='kaskade connect %h %p' user@host.example");
  run(command, async (face, [host = '', port = '']) => {
    const { cascade } = command.opts<ConnectFlags>();
    const target = readTarget(host, port);
    const program = await face.program();
    const { first, signal } = catchSignals();
    const stdio = { input: face.stdin, output: face.stdout };
    try {
      await program.connect({ target, ...(cascade === undefined ? {} : { cascade }), stdio, signal });
      return 0;
    } catch (thrown) {
      const error = asKaskadeError(thrown);
      // ssh ends its ProxyCommand with a signal: nobody wants a sentence then.
      if (signal.aborted && error.code === 'interrupted') return first;
      throw error;
    }
  });
};
