/** Runs a real program to its end and tells what came of it; finds programs, and says which ones a test lacks. */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Writable } from 'node:stream';
import { locate } from '../programs.js';

/** What a program left behind. */
export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly input?: string;
  /** Takes the standard output instead of the text. */
  readonly output?: Writable;
}

/** Longer than any program of a test should take; the whole group is killed then. */
const longest = 60_000;

/** Runs a program to its end. Rejects only where it cannot be started. */
export const run = (command: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const { cwd, env = bareEnvironment(), input = '', output } = options;
    const child = spawn(program, args, { ...(cwd === undefined ? {} : { cwd }), env, detached: true });
    const end = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, longest);
    const said = output === undefined ? text(child.stdout) : Promise.resolve('');
    if (output !== undefined) child.stdout.pipe(output);
    const complained = text(child.stderr);
    child.stdin.on('error', () => undefined).end(input);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(end);
      void Promise.all([said, complained]).then(([stdout, stderr]) => {
        resolve({ code: code ?? signal, stdout, stderr });
      });
    });
  });

/** An environment that says nothing of proxies, certificates or settings of the person at this machine. */
export const bareEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: '/nonexistent' });

/** The same program has other names elsewhere. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  danted: ['sockd'],
  stunnel4: ['stunnel'],
  chromium: ['chromium-browser', 'google-chrome'],
};

/** The full path of a program. Throws where it is not installed. */
export const pathOf = (name: string): string => {
  const path = find(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
};

/** Why a test that needs these programs is skipped, or false. `root` is needed by programs that take another user's place. */
export const lacks = (...needs: readonly string[]): string | false => {
  const absent = [...new Set(needs)].filter((need) => (need === 'root' ? process.getuid?.() !== 0 : !find(need)));
  return absent.length > 0 && `needs ${absent.join(', ')}`;
};

const find = (name: string): string | undefined =>
  [name, ...(otherNames[name] ?? [])].map(locate).find((path) => path !== undefined);
