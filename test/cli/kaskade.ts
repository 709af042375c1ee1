/** The program as a user starts it: in its own process, with a home of its own. */

import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** What a run left. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given besides its arguments. */
export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that runs. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when what was printed so far on stdout or stderr fits. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** The program with one home for all its runs. */
export interface Kaskade {
  readonly home: string;
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ended>;
  readonly start: (args: readonly string[], options?: RunOptions) => Running;
}

const BIN = fileURLToPath(new URL('../../../bin/kaskade.js', import.meta.url));

/** A home that is gone after the test, with every program that was started on it. */
export const createKaskade = (context: TestContext): Kaskade => {
  const home = mkdtempSync(join(tmpdir(), 'kaskade-cli-'));
  const start = (args: readonly string[], options: RunOptions = {}): Running => {
    const running = startProgram(home, args, options);
    context.after(async () => {
      running.child.kill('SIGKILL');
      await running.ended;
    });
    return running;
  };
  context.after(() => {
    rmSync(home, { recursive: true, force: true });
  });
  return {
    home,
    start,
    run: (args, options = {}) => {
      const running = start(args, options);
      running.child.stdin.end(options.stdin ?? '');
      return running.ended;
    },
  };
};

const startProgram = (home: string, args: readonly string[], { env = {} }: RunOptions): Running => {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...bareEnv(), KASKADE_HOME: home, ...env } });
  child.stdin.on('error', () => undefined);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout: stdout.text(),
    stderr: stderr.text(),
  }));
  return { child, ended, printed: (pattern) => printed(pattern, [stdout, stderr], ended) };
};

/** Nothing of the tests' own surroundings may change what the program does. */
const bareEnv = (): NodeJS.ProcessEnv => ({
  ...process.env,
  KASKADE_DEBUG: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  NODE_OPTIONS: undefined,
  NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'],
});

interface Collected {
  readonly stream: Readable;
  readonly text: () => string;
}

const collect = (stream: Readable): Collected => {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => undefined);
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
};

const printed = (pattern: RegExp, streams: readonly Collected[], ended: Promise<Ended>): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      const found = streams.map(({ text }) => pattern.exec(text()) ?? undefined).find((match) => match !== undefined);
      if (found !== undefined) resolve(found);
    };
    for (const { stream } of streams) stream.on('data', look);
    void ended.then(({ code, stdout, stderr }) => {
      look();
      reject(new Error(`${String(pattern)} was never printed; exit ${String(code)}\n${stdout}\n${stderr}`));
    });
    look();
  });

/** Every line of an output as a JSON value. */
export const jsonLines = ({ stdout }: Ended): readonly Readonly<Record<string, unknown>>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Asserts the exit code, and that an error is a sentence and a hint, without a stack. */
export const assertRefused = ({ code, stdout, stderr }: Ended, expected: number, sentence: RegExp): void => {
  assert.equal(code, expected, stderr);
  assert.equal(stdout, '');
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines.length, 2, stderr);
  for (const line of lines) assert.match(line, /^\S.*\.$/, stderr);
  assert.match(lines[0] ?? '', sentence);
};
