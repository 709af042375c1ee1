/** What the Tab key offers, for the scripts of `kaskade completion`. */

import type { Command } from 'commander';
import { labelCascade } from '../model/cascade.js';
import type { Program } from '../engine/controller.js';
import { shells } from './completion.js';
import type { Face } from './face.js';

/** Prints what may stand at the end of `words`, in the form that the scripts read. Says nothing about what cannot be opened. */
export const suggest = async (face: Face, root: Command, words: readonly string[]): Promise<void> => {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  const program = await face.program().catch(() => undefined);
  const known = tab(root);
  known.commands.delete('complete');
  const names = program === undefined ? [] : namesIn(program);
  const keys = program?.settings.all().map(({ key, meaning }) => [key, meaning] as const) ?? [];
  const offer = (path: string, argument: string, items: readonly Item[]): void => {
    const found = known.commands.get(path)?.arguments.get(argument);
    if (found !== undefined)
      found.handler = (complete) => items.forEach(([value, meaning]) => complete(value, meaning));
  };
  for (const path of ['show', 'use', 'rm', 'test']) offer(`cascade ${path}`, 'name', names);
  for (const path of ['get', 'set']) offer(`config ${path}`, 'key', keys);
  offer(
    'completion',
    'shell',
    shells.map((shell) => [shell, '']),
  );
  for (const path of ['serve', 'connect']) {
    const option = known.commands.get(path)?.options.get('cascade');
    if (option !== undefined)
      option.handler = (complete) => names.forEach(([value, meaning]) => complete(value, meaning));
  }
  known.parse([...words]);
};

type Item = readonly [value: string, meaning: string];

const namesIn = ({ cascades }: Program): readonly Item[] =>
  cascades.all().map((cascade) => [cascade.name, labelCascade(cascade)]);
