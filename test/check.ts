/** Runs every check of the code and then the fast tests; `static` leaves the tests out. Says each step's time, and the words of failed ones. */

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Outcome {
  readonly passed: boolean;
  readonly output: string;
  /** What to say about a step that passed. */
  readonly note?: string;
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const main = async (only: string | undefined): Promise<void> => {
  const began = performance.now();
  const queue = STATIC.values();
  const lane = async (): Promise<void> => {
    for (const step of queue) await perform(step);
  };
  await Promise.all([lane(), lane()]);
  if (only !== 'static') await perform(TESTS);
  console.log(`${process.exitCode === 1 ? 'failed' : 'all is well'} after ${seconds(began)}`);
};

const perform = async ({ name, run }: Step): Promise<void> => {
  const began = performance.now();
  const { passed, output, note } = await run();
  console.log(`${passed ? '✔' : '✖'} ${name} (${seconds(began)}${note === undefined ? '' : `, ${note}`})`);
  if (passed) return;
  console.log(output.trimEnd());
  process.exitCode = 1;
};

const seconds = (began: number): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;

/** Runs a program in the repository; its output is both of its streams. */
const outcome = (program: string, args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ passed: code === 0, output: Buffer.concat(chunks).toString('utf8') });
    });
  });

/** Runs a program of node_modules by the script that its package names. */
const tool = (script: string, ...args: readonly string[]): Promise<Outcome> =>
  outcome(process.execPath, [join(ROOT, 'node_modules', script), ...args]);

/** The layer law; a cruise that saw fewer modules than there are files proves nothing, and fails. */
const cruise = async (): Promise<Outcome> => {
  const done = await tool('dependency-cruiser/bin/dependency-cruise.mjs', 'src', 'test');
  const seen = Number(/(\d+) modules/.exec(done.output)?.[1] ?? 0);
  const written = countSources('src') + countSources('test');
  if (done.passed && seen < written) {
    return { passed: false, output: `dependency-cruiser saw ${seen} modules, but there are ${written} files.` };
  }
  return { ...done, note: `${seen} modules` };
};

const countSources = (folder: string): number =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts')).length;

const STATIC: readonly Step[] = [
  { name: 'lint', run: () => tool('eslint/bin/eslint.js', '--max-warnings', '0', '.') },
  { name: 'layer law', run: cruise },
  { name: 'dead code', run: () => tool('knip/bin/knip.js', '--no-progress') },
  { name: 'package', run: () => tool('publint/src/cli.js', '--strict') },
  { name: 'format', run: () => tool('@biomejs/biome/bin/biome', 'format', '.') },
];

/** All tests that need no foreign proxy program. */
const TESTS: Step = {
  name: 'tests',
  run: async () => {
    const done = await outcome(process.execPath, ['--enable-source-maps', join(ROOT, 'build/test/run.js'), '--fast']);
    return { ...done, note: `${/^ℹ tests (\d+)$/m.exec(done.output)?.[1] ?? 0} tests` };
  },
};

await main(process.argv[2]);
