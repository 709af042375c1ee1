/** The entry: reads the command line, opens the program when a command needs it, and leaves with the right code. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { Program } from '../engine/controller.js';
import type { Face, Run } from './face.js';
import { commands } from './index.js';
import { type Output, createOutput } from './output.js';

interface RootFlags {
  readonly home?: string;
}

const main = async (argv: readonly string[]): Promise<number> => {
  const { stdin, stdout, stderr, env } = process;
  const output = createOutput({ stdout, stderr, env, json: argv.includes('--json') });
  const root = createRoot(output);
  let program: Promise<Program> | undefined;
  const face: Face = {
    ...{ output, stdin, stdout, program: () => (program ??= open(root)) },
    tui: async () => (await import('../tui/app.js')).runTui,
  };
  try {
    return await dispatch(root, face, argv);
  } catch (thrown) {
    return await refuse(thrown, root, face);
  }
};

const createRoot = (output: Output): Command =>
  new Command('kaskade')
    .description('One local port in, a cascade of proxies out. Without a command it shows itself in the terminal.')
    .option('--home <dir>', 'where all state lives; else KASKADE_HOME, else the usual folders')
    .option('--json', 'one JSON value a line on stdout, nothing else there')
    .version(version(), '-V, --version', 'print the version')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        if (output.json) output.value({ text: text.trimEnd() });
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
  const [{ openProgram }, { fail }] = await Promise.all([import('../engine/program.js'), import('../model/error.js')]);
  const { home = process.env['KASKADE_HOME'] || undefined } = root.opts<RootFlags>();
  if (home === '') throw fail('bad-usage', { note: '--home names no folder.' });
  return openProgram(home, whenBroken);
};

/** Finds the command and lets it work; gives its exit code. */
const dispatch = async (root: Command, face: Face, argv: readonly string[]): Promise<number> => {
  const { operands, unknown } = root.parseOptions([...argv]);
  if (operands[0] === 'complete') return suggestFor(root, face, argv);
  const bare = operands.length === 0 && !unknown.some((flag) => ['-h', '--help', '-V', '--version'].includes(flag));
  const wanted = bare ? 'tui' : operands[operands[0] === 'help' ? 1 : 0];
  const ended = await furnish(root, face, (name) => name === wanted);
  if (wanted === 'config' && [...operands, ...unknown].some((word) => ['help', '-h', '--help'].includes(word))) {
    await explainConfig(root, face);
  }
  await root.parseAsync(bare ? ['tui', ...argv] : [...argv], { from: 'user' });
  return ended.code;
};

/** Puts every command on the root, and the rest of those that are wanted; the code of the one that works is found in the answer. */
const furnish = async (root: Command, face: Face, isWanted: (name: string) => boolean) => {
  const ended = { code: 0 };
  const run: Run = (command, work) => {
    command.action(async () => {
      ended.code = (await work(face, command.args)) ?? 0;
    });
  };
  for (const { name, summary, load } of commands) {
    const command = root.command(name).description(summary);
    if (isWanted(name)) (await load())(command, run);
  }
  return ended;
};

/** The help of `config` shows the table of settings, which only the open program knows. */
const explainConfig = async (root: Command, face: Face): Promise<void> => {
  const { explainSettings } = await import('./config.js');
  const config = root.commands.find((command) => command.name() === 'config');
  if (config !== undefined) explainSettings(config, (await face.program()).settings.all());
};

/** Answers the script of a shell, whose words stand behind `--`. */
const suggestFor = async (root: Command, face: Face, argv: readonly string[]): Promise<number> => {
  const { suggest } = await import('./suggest.js');
  await furnish(root, face, () => true);
  await suggest({ ...face, program: () => open(root, 'leave') }, root, argv.slice(argv.indexOf('--') + 1));
  return 0;
};

const refuse = async (thrown: unknown, root: Command, { output }: Face): Promise<number> => {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
  const { asKaskadeError } = await import('../model/error.js');
  const { explain } = await import('../model/failure.js');
  const { usageError } = await import('./usage.js');
  const error = thrown instanceof CommanderError ? usageError(thrown, root) : asKaskadeError(thrown);
  return output.refuse(error, explain(error.failure));
};

/** Lets what was printed reach its reader, then leaves: stdin may still be open. */
const leave = (code: number): void => {
  process.stderr.write('', () => {
    process.stdout.write('', () => {
      process.exit(code);
    });
  });
};

leave(await main(process.argv.slice(2)));
