/** A small land of its own for a test: two network namespaces with a cable between them, which can be pulled. Root on Linux only. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { locate } from '../programs.js';

/** Where a process of the land runs: on the user's side of the cable, or on the far one. */
export type Side = 'near' | 'far';

/** A process in the land, and what it is told and says over the channel of Node. */
export interface Resident {
  readonly ask: <Answer>(question: unknown) => Promise<Answer>;
}

/** Two sides and the cable. */
export interface Land extends AsyncDisposable {
  /** The address of the far side. */
  readonly far: string;
  /** Public addresses of the far side, which are somebody's outside of it. */
  readonly farPublic: { readonly ipv4: string; readonly ipv6: string };
  /** Starts a script of test/kit on a side, and waits until it has said that it is ready. */
  readonly settle: (side: Side, script: string) => Promise<Resident>;
  /** Pulls the cable out on a side, or plugs it in again. */
  readonly pull: (side: Side) => void;
  readonly plug: (side: Side) => void;
}

/** Why this machine can have no land; undefined where it can. */
export const landless = (): string | undefined => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes root on Linux';
  if (locate('ip') === undefined) return 'ip is not installed';
  try {
    const probe = `kk-probe-${process.pid}`;
    ip('netns', 'add', probe);
    ip('netns', 'del', probe);
    return undefined;
  } catch {
    return 'network namespaces cannot be made here';
  }
};

const ip = (...words: readonly string[]): void => {
  execFileSync(locate('ip') ?? 'ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
};

const addresses = { near: '10.77.0.1', far: '10.77.0.2' } as const;
const publicOnes = {
  near: { ipv4: '20.77.0.1', ipv6: '2a0f:77::1' },
  far: { ipv4: '20.77.0.2', ipv6: '2a0f:77::2' },
} as const;

/** Makes a land. Everything in it ends with it. */
export const createLand = (): Land => {
  const names = { near: `kk-near-${process.pid}`, far: `kk-far-${process.pid}` } as const;
  const children: ChildProcess[] = [];
  const sides: readonly Side[] = ['near', 'far'];
  const plug = (side: Side): void => {
    ip('-n', names[side], 'link', 'set', 'cable', 'up');
    // Pulling the cable takes the way to everywhere else with it.
    if (side === 'near') ip('-n', names.near, 'route', 'replace', 'default', 'via', addresses.far);
  };
  for (const side of sides) ip('netns', 'add', names[side]);
  ip('-n', names.near, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', names.far);
  for (const side of sides) {
    ip('-n', names[side], 'link', 'set', 'lo', 'up');
    const { ipv4, ipv6 } = publicOnes[side];
    for (const address of [`${addresses[side]}/24`, `${ipv4}/24`, `${ipv6}/64`])
      ip('-n', names[side], 'address', 'add', address, 'dev', 'cable', ...(address.includes(':') ? ['nodad'] : []));
    ip('-n', names[side], 'link', 'set', 'cable', 'up');
  }
  plug('near');
  return {
    far: addresses.far,
    farPublic: publicOnes.far,
    settle: async (side, script) => {
      const path = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
      const words = ['netns', 'exec', names[side], process.execPath, '--enable-source-maps', path];
      const child = spawn(locate('ip') ?? 'ip', words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      children.push(child);
      await once(child, 'message');
      return { ask: createAsk(child) };
    },
    pull: (side) => {
      ip('-n', names[side], 'link', 'set', 'cable', 'down');
    },
    plug,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map(end));
      for (const side of sides) ip('netns', 'del', names[side]);
    },
  };
};

/** One question at a time. */
const createAsk =
  (child: ChildProcess): Resident['ask'] =>
  async <Answer>(question: unknown): Promise<Answer> => {
    const answered = once(child, 'message');
    child.send(question as object);
    const [answer] = (await answered) as [Answer];
    return answer;
  };

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};
