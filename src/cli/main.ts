/** The entry: reads the command line, opens the program when a command needs it, and leaves with the right code. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { asKaskadeError } from '../model/error.js';
import type { Program } from '../engine/controller.js';
import { suggest } from './completion.js';
import { explainSettings } from './config.js';
import type { Face, Run } from './face.js';
import { commands } from './index.js';
import { type Output, createOutput } from './output.js';
import { usageError } from './usage.js';

interface RootFlags {
  readonly home?: string;
}

const main = async (argv: readonly string[]): Promise<number> => {
  const { stdin, stdout, stderr, env } = process;
  const output = createOutput({ stdout, stderr, env, json: argv.includes('--json') });
  const root = createRoot(output);
  let program: Promise<Program> | undefined;
  const face: Face = { output, stdin, stdout, program: () => (program ??= open(root)) };
  const ended = addCommands(root, face);
  try {
    await dispatch(root, face, argv);
    return ended.code;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    return output.refuse(thrown instanceof CommanderError ? usageError(thrown, root, argv) : asKaskadeError(thrown));
  }
};

const createRoot = (output: Output): Command =>
  new Command('kaskade')
    .description('One local port in, a cascade of proxies out. Without a command it serves.')
    .option('--home <dir>', 'where all state lives; else KASKADE_HOME, else the usual folders')
    .option('--json', 'one JSON value a line on stdout, nothing else there')
    .version(version(), '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        if (output.json) output.value({ text });
        else output.raw(text);
      },
      writeErr: () => undefined,
    });

const version = (): string => {
  const { version: text } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return text;
};

/** Opens the program that runs in this process. */
const open = async (root: Command, whenBroken?: 'leave'): Promise<Program> => {
  const { openProgram } = await import('../engine/program.js');
  const home = root.opts<RootFlags>().home ?? process.env['KASKADE_HOME'];
  return openProgram(home === '' ? undefined : home, whenBroken);
};

/** Adds every command; the exit code of the one that ran is found in what this returns. */
const addCommands = (root: Command, face: Face): { readonly code: number } => {
  const ended = { code: 0 };
  const run: Run = (command, work) => {
    command.action(async () => {
      ended.code = (await work(face, command.args)) ?? 0;
    });
  };
  for (const add of commands) add(root, run);
  return ended;
};

const dispatch = async (root: Command, face: Face, argv: readonly string[]): Promise<void> => {
  const { operands, unknown } = root.parseOptions([...argv]);
  const asked = [...operands, ...unknown];
  if (operands[0] === 'complete') {
    await suggest({ ...face, program: () => open(root, 'leave') }, root, argv.slice(argv.indexOf('--') + 1));
    return;
  }
  if (wantsSettings(asked)) explainSettings(root, (await face.program()).settings.all());
  const bare = operands.length === 0 && !asked.some((word) => ['-h', '--help', '-V', '--version'].includes(word));
  if (bare) face.output.note('kaskade without a command serves; the terminal interface comes with a later version.');
  await root.parseAsync(bare ? ['serve', ...argv] : [...argv], { from: 'user' });
};

/** The help of `config` shows the table of settings, which only the open program knows. */
const wantsSettings = (asked: readonly string[]): boolean =>
  (asked[0] === 'config' && (asked[1] === '-h' || asked[1] === '--help')) ||
  (asked[0] === 'help' && asked[1] === 'config');

/** Lets what was printed reach its reader, then leaves: stdin may still be open. */
const leave = (code: number): void => {
  process.stderr.write('', () => {
    process.stdout.write('', () => {
      process.exit(code);
    });
  });
};

leave(await main(process.argv.slice(2)));
