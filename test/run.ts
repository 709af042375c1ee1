/** Runs the tests: all but bench; with `--fast` without interop, with `--quick` without those that start programs either; or those of the folders and files named (`wire journey/chromium`). */

import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { type TestEvent, spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { canInstall, install } from './install.js';
import { missing } from './programs.js';

const SOURCES = fileURLToPath(new URL('../../test/', import.meta.url));
const BUILT = fileURLToPath(new URL('./', import.meta.url));
const CONTINUOUS = process.env['CI'] === 'true';

/** What has not ended by then fails: a file on Node 20, a test on later ones. */
const TEST_DEADLINE = 360_000;
/** When the whole run is given up; a file that still runs then fails by name. */
const RUN_DEADLINE = 1_500_000;

const main = async (wanted: readonly string[]): Promise<void> => {
  const files = choose(wanted);
  if (files.length === 0) refuse(`there is no test in ${wanted.join(', ') || 'test'}`);
  else if (isEquipped()) await runFiles(files);
};

/** Tells whether the tests may run here: programs that are missing are installed, or named, or in CI an error. */
const isEquipped = (): boolean => {
  if (missing().length > 0 && canInstall()) install(missing());
  const absent = missing().map(({ names }) => names[0]);
  if (absent.length === 0) return true;
  const sentence = `this machine lacks ${absent.join(', ')}`;
  if (CONTINUOUS) refuse(`${sentence}, and CI=true allows no skipped test`);
  else console.error(`${sentence}: the tests that need them are skipped.`);
  return !CONTINUOUS;
};

/** The compiled files to run, found by their sources, so that a stale build adds none. */
const choose = (wanted: readonly string[]): readonly string[] =>
  readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => path.endsWith('.test.ts') && !path.startsWith('bench/'))
    .filter((path) => wanted.length === 0 || wanted.some((name) => isWanted(path, name)))
    .sort()
    .map((path) => join(BUILT, path.replace(/ts$/, 'js')));

/** Tests that start processes of their own, which costs more than all others together. */
const STARTING = /^(?:cli|interop)\/|\/pty|^journey\/(?:exhaustion|faces|outage)|^config\/store-crash/;

const isWanted = (path: string, name: string): boolean => {
  if (name === '--fast') return !path.startsWith('interop/');
  if (name === '--quick') return !STARTING.test(path);
  return path.startsWith(`${name.replace(/\/$/, '')}/`) || path === `${name.replace(/\.test\.[jt]s$/, '')}.test.ts`;
};

/** Runs the files two at a time with node's own words; node's counts are the last lines. */
const runFiles = async (files: readonly string[]): Promise<void> => {
  const closing: string[] = [];
  const skipped: string[] = [];
  const watch = async function* (events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
    for await (const event of events) {
      if (isCount(event)) closing.push(`ℹ ${event.data.message}`);
      else yield event;
      if (event.type === 'test:fail' && !isMarked(event.data.todo)) process.exitCode = 1;
      if (event.type === 'test:pass' && isMarked(event.data.skip)) skipped.push(event.data.name);
    }
  };
  const signal = AbortSignal.timeout(RUN_DEADLINE);
  const events = run({ files: [...files], concurrency: 2, timeout: TEST_DEADLINE, signal });
  await pipeline(events, watch, new spec(), process.stdout, { end: false });
  if (closing.includes('ℹ tests 0')) refuse('no test ran');
  if (CONTINUOUS && skipped.length > 0) refuse(`CI=true allows no skipped test: ${skipped.join('; ')}`);
  console.log(closing.join('\n'));
};

const COUNT = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

const isCount = (event: TestEvent): event is Extract<TestEvent, { type: 'test:diagnostic' }> =>
  event.type === 'test:diagnostic' && event.data.nesting === 0 && COUNT.test(event.data.message);

/** Node marks skip and todo with true or with the reason, which may be empty. */
const isMarked = (mark: string | boolean | undefined): boolean => mark !== undefined && mark !== false;

const refuse = (sentence: string): void => {
  console.error(`${sentence}.`);
  process.exitCode = 1;
};

await main(process.argv.slice(2));
