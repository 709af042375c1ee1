/** Engines in another process, where what they do can be watched and limited. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KaskadeEvent } from '../../src/model/event.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { HouseOptions } from './house.js';

/** What the process can be asked to do. */
export type ChildQuestion =
  | { readonly do: 'start'; readonly chain: string; readonly options: ChildOptions }
  | { readonly do: 'stop'; readonly port: number }
  /** Opens a connection and looks up names on purpose, to prove that both are noticed. */
  | { readonly do: 'control' }
  | { readonly do: 'report' };

/** Options that can be sent to another process. */
export type ChildOptions = Omit<HouseOptions, 'login' | 'rules'>;

export interface ChildAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly thrown?: string;
}

/** What the process did since it began, and what it holds. */
export interface ChildReport {
  /** `host:port` of every connection that it began to open. */
  readonly connects: readonly string[];
  readonly lookups: readonly string[];
  /** Uncaught exceptions, unhandled rejections and warnings. */
  readonly crashes: readonly string[];
  readonly rss: number;
  /** Milliseconds of processor time. */
  readonly cpu: number;
  readonly open: readonly string[];
  readonly snapshots: readonly (Snapshot & { readonly events: readonly KaskadeEvent[] })[];
}

/** A running process. */
export interface Child extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Starts an engine; resolves with its port. */
  readonly start: (chain: string, options?: ChildOptions) => Promise<number>;
  /** Stops an engine; resolves with everything that it told. */
  readonly stop: (port: number) => Promise<readonly KaskadeEvent[]>;
  readonly control: () => Promise<void>;
  readonly report: () => Promise<ChildReport>;
  /** Everything that the process printed. */
  readonly printed: () => string;
}

/** How to start the process. */
export interface ChildStart {
  /** Addresses of the names that may be looked up; no other is found. */
  readonly names?: Readonly<Record<string, string>>;
  /** The most files that it may open. */
  readonly files?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const script = fileURLToPath(new URL('./child-engine.js', import.meta.url));

/** Starts a process that can run engines. */
export const startChild = async ({ names = {}, files, env = {} }: ChildStart = {}): Promise<Child> => {
  const limit = files === undefined ? '' : `ulimit -n ${files}; `;
  const child = spawn(
    'sh',
    ['-c', `${limit}exec "$0" --enable-source-maps --expose-gc "$1"`, process.execPath, script],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...env, CHILD_NAMES: JSON.stringify(names) },
    },
  );
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => void printed.push(text));
  }
  const ask = createAsk(child);
  await ask();
  return {
    process: child,
    start: async (chain, options = {}) => (await ask({ do: 'start', chain, options })) as number,
    stop: async (port) => (await ask({ do: 'stop', port })) as readonly KaskadeEvent[],
    control: async () => {
      await ask({ do: 'control' });
    },
    report: async () => (await ask({ do: 'report' })) as ChildReport,
    printed: () => printed.join(''),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
};

/** Questions and answers over the channel; the first answer, to no question, says that the process is ready. */
const createAsk = (child: ChildProcess): ((question?: ChildQuestion) => Promise<unknown>) => {
  const waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  let last = -1;
  child.on('message', ({ id, value, thrown }: ChildAnswer) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (thrown === undefined) asked?.resolve(value);
    else asked?.reject(new Error(thrown));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the process ended: ${code ?? signal ?? ''}`));
    waiting.clear();
  });
  return (question) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      if (question !== undefined) child.send({ id: last, ...question });
    });
};
