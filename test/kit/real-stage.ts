/** Starts real programs on free ports of loopback, in a folder of their own; keeps what they say, and ends them all. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { bareEnvironment } from './real-program.js';

/** How a program is called once its ports are known; it may be asked again with other ports. */
export interface Recipe {
  readonly name: string;
  readonly ports: number;
  readonly command: (ports: readonly number[]) => readonly [string, ...string[]];
}

/** A program that answers on all its ports. */
export interface Running {
  readonly name: string;
  readonly ports: readonly number[];
  /** Sends a signal to the program and all its children. */
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT') => void;
  readonly kill: () => Promise<void>;
}

/** A place for programs; whatever was started on it ends with it, or with this process. */
export interface Stage {
  readonly folder: string;
  /** The environment of all programs here; also for those that are started beside the stage, so that its end waits for theirs. */
  readonly env: NodeJS.ProcessEnv;
  readonly start: (recipe: Recipe) => Promise<Running>;
  /** A test body; when it fails, what the programs said meanwhile is told with it. */
  readonly test: (body: () => Promise<void>) => (context: TestContext) => Promise<void>;
  /** Ends everything and removes the folder. Rejects with the names of programs that would not end. */
  readonly close: () => Promise<void>;
}

interface Actor extends Running {
  readonly log: () => string;
}

const startWithin = 20_000;
const endWithin = 10_000;
const tries = 4;
const marker = 'KASKADE_TEST_STAGE';

/** An empty stage in a new folder that every user may enter, since some programs give up root. */
export const createStage = (): Stage => {
  const folder = mkdtempSync(join(tmpdir(), 'kaskade-stage-'));
  chmodSync(folder, 0o755);
  const mark = randomBytes(8).toString('hex');
  const env = { ...bareEnvironment(), HOME: folder, [marker]: mark };
  const actors: Actor[] = [];

  const start = async (recipe: Recipe): Promise<Running> => {
    for (let left = tries - 1; ; left -= 1) {
      const actor = launch(recipe, await freePorts(recipe.ports), { folder, env });
      actors.push(actor);
      if (await answers(actor)) return actor;
      await actor.kill();
      if (left === 0) throw new Error(`${recipe.name} does not start:\n${actor.log()}`);
    }
  };

  return {
    folder,
    env,
    start,
    test: (body) => async (context) => {
      const before = new Map(actors.map((actor) => [actor, actor.log().length]));
      try {
        await body();
      } catch (thrown) {
        for (const actor of actors) tell(context, actor, before.get(actor) ?? 0);
        throw thrown;
      }
    },
    close: async () => {
      await Promise.all(actors.map((actor) => actor.kill()));
      await until(() => survivors(mark).length === 0, endWithin);
      const left = survivors(mark);
      rmSync(folder, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`these programs did not end: ${left.join('; ')}`);
    },
  };
};

/** Waits until something is so; false when it is not so in time. */
export const until = async (isSo: () => boolean | Promise<boolean>, within: number): Promise<boolean> => {
  const deadline = performance.now() + within;
  while (!(await isSo())) {
    if (performance.now() > deadline) return false;
    await pause(10);
  }
  return true;
};

const mostTold = 1_500;

const tell = (context: TestContext, { name, log }: Actor, from: number): void => {
  const said = log().slice(from).slice(-mostTold).trim();
  if (said !== '') context.diagnostic(`${name} said:\n${said}`);
};

/**
 * The group's first process keeps the program: it ends the whole group when the program ends, and when its standard
 * input does, which is held by this process alone. So nothing outlives a test process, however that one ends.
 */
const keeper = `
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ cat >/dev/null; kill -9 0; } <&3 &
wait "$program"
echo "(ended with $?)"
kill -9 0
`;

const launch = (
  { name, command }: Recipe,
  ports: readonly number[],
  { folder, env }: { readonly folder: string; readonly env: NodeJS.ProcessEnv },
): Actor => {
  const child = spawn('/bin/sh', ['-c', keeper, 'keeper', ...command(ports)], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  const hear = (bytes: Buffer): void => void said.push(bytes);
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => said.push(Buffer.from(String(error))));
  return {
    name,
    ports,
    log: () => Buffer.concat(said).toString('utf8'),
    signal: (signal) => {
      signalGroup(child, signal);
    },
    kill: async () => {
      const gone = hasEnded(child) ? undefined : once(child, 'exit');
      signalGroup(child, 'SIGKILL');
      await gone;
    },
  };
};

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined || hasEnded(child)) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group ended by itself, and its end is not known here yet.
  }
};

const answers = async (actor: Actor): Promise<boolean> => {
  const ready = async (): Promise<boolean> => {
    if (actor.log().includes('(ended with')) return true;
    const open = await Promise.all(actor.ports.map(accepts));
    return open.every(Boolean);
  };
  return (await until(ready, startWithin)) && !actor.log().includes('(ended with');
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });

/** Ports outside the range that systems take for outgoing connections. */
const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(10_240, 32_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });

/** The processes that were started on a stage and still run, where the system tells (`/proc`). */
const survivors = (mark: string): readonly string[] =>
  processes()
    .filter((pid) => readProcess(pid, 'environ').includes(`${marker}=${mark}`) && isAlive(pid))
    .map((pid) => {
      return `${pid} ${readProcess(pid, 'cmdline').replaceAll('\0', ' ')}`;
    });

const processes = (): readonly string[] => {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
};

const isAlive = (pid: string): boolean => !/^State:\s+[ZX]/m.test(readProcess(pid, 'status'));

const readProcess = (pid: string, what: 'environ' | 'cmdline' | 'status'): string => {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1');
  } catch {
    return '';
  }
};
