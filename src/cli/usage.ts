/** Wrong command lines, told in one sentence. */

import type { Command, CommanderError } from 'commander';
import { type KaskadeError, fail } from '../model/error.js';

/** What the parser of the command line refused. What was typed is only repeated where it cannot be a hop with its password. */
export const usageError = (error: CommanderError, root: Command): KaskadeError => {
  if (error.code === 'commander.help') return fail('bad-usage', { note: missingCommand(root) });
  const text = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const said = /[@]|:\/\//.test(text) ? 'a part of the command line is not understood' : text;
  const sentence = said.replace(/\s*\((did you mean .*)\?\)$/i, '; $1');
  return fail('bad-usage', { note: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1).replace(/\.$/, '')}.` });
};

/** Only a group that was typed has its commands. */
const missingCommand = (root: Command): string => {
  const group = root.commands.find(({ commands }) => commands.length > 0) ?? root;
  const names = group.commands.map((command) => command.name()).join(', ');
  return `${group.name()} needs one of its commands: ${names}.`;
};
