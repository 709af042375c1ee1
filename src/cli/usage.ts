/** Wrong command lines, told in one sentence. */

import type { Command, CommanderError } from 'commander';
import { type KaskadeError, fail } from '../model/error.js';

/** What the parser of the command line refused. What was typed is only repeated where it cannot be a hop with its password. */
export const usageError = (error: CommanderError, root: Command, argv: readonly string[]): KaskadeError => {
  if (error.code === 'commander.help') return fail('bad-usage', { note: missingCommand(root, argv) });
  const text = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const said = /[@]|:\/\//.test(text) ? 'a part of the command line is not understood' : text;
  const sentence = said.replace(/\s*\((did you mean .*)\?\)$/i, '; $1');
  return fail('bad-usage', { note: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1).replace(/\.$/, '')}.` });
};

const missingCommand = (root: Command, argv: readonly string[]): string => {
  const group = root.commands.find((command) => argv.includes(command.name())) ?? root;
  const names = group.commands.map((command) => command.name()).join(', ');
  return `${group.name()} needs one of its commands: ${names}.`;
};
