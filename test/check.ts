/** Runs every check of the code and then the quick tests; `static` leaves the tests out. Says each step's time, and the words of failed ones. */

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
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

/** Runs a program in the repository; its output is what it printed, and what it complained about when it failed. */
const outcome = (program: string, args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = collect(child.stdout);
    const complained = collect(child.stderr);
    child.on('error', reject);
    child.on('close', (code) => {
      const passed = code === 0;
      resolve({ passed, output: passed ? said() : said() + complained() });
    });
  });

const collect = (stream: Readable): (() => string) => {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
};

/** Runs a program of node_modules by the script that its package names. */
const tool = (script: string, ...args: readonly string[]): Promise<Outcome> =>
  outcome(process.execPath, [join(ROOT, 'node_modules', script), ...args]);

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly error: number };
}

/** The layer law; a cruise that saw fewer of our modules than there are files proves nothing, and fails. */
const obeyLayers = async (): Promise<Outcome> => {
  const seen = await cruise('json');
  if (!seen.passed) return seen;
  const { modules, summary } = JSON.parse(seen.output) as Cruise;
  if (summary.error > 0) return { ...(await cruise('err-long')), passed: false };
  const ours = modules.filter(({ source }) => /^(src|test)\//.test(source)).length;
  const written = countSources('src') + countSources('test');
  const note = `${ours} of ${written} modules seen`;
  return { passed: ours >= written && ours > 0, output: note, note };
};

const cruise = (format: string): Promise<Outcome> =>
  tool('dependency-cruiser/bin/dependency-cruise.mjs', '--output-type', format, 'src', 'test');

const countSources = (folder: string): number =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts')).length;

const STATIC: readonly Step[] = [
  { name: 'lint', run: () => tool('eslint/bin/eslint.js', '--max-warnings', '0', '.') },
  { name: 'layer law', run: obeyLayers },
  { name: 'dead code', run: () => tool('knip/bin/knip.js', '--no-progress') },
  { name: 'package', run: () => tool('publint/src/cli.js', '--strict') },
  { name: 'format', run: () => tool('@biomejs/biome/bin/biome', 'format', '.') },
];

/** All tests that start no program. */
const TESTS: Step = {
  name: 'tests',
  run: async () => {
    const done = await outcome(process.execPath, ['--enable-source-maps', join(ROOT, 'build/test/run.js'), '--quick']);
    return { ...done, note: `${/^ℹ tests (\d+)$/m.exec(done.output)?.[1] ?? 0} tests` };
  },
};

await main(process.argv[2]);
