/** An engine with a control socket in another process, where its memory and its event loop are its own. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { Place } from '../../src/engine/place.js';
import { makeHome } from './daemon.js';

export type DaemonQuestion = 'measure' | 'report';

/** What the process says of itself. */
export interface DaemonReport {
  readonly rss: number;
  /** Bytes of objects and buffers that are held, after a collection. */
  readonly held: number;
  /** Milliseconds that the event loop was late since the measurement began, less than the resolution of 5 ms left in. */
  readonly p99: number;
  readonly worst: number;
  readonly snapshot: Snapshot;
}

/** A running one. */
export interface DaemonProcess extends AsyncDisposable {
  readonly port: number;
  readonly place: Place;
  readonly folder: string;
  /** Measures the event loop from now on. */
  readonly measure: () => Promise<void>;
  /** Ends the measurement. */
  readonly report: () => Promise<DaemonReport>;
}

const script = fileURLToPath(new URL('./child-daemon.js', import.meta.url));

/** Starts one on a home of its own. */
export const startDaemonProcess = async (chain: string): Promise<DaemonProcess> => {
  const home = makeHome();
  const child = fork(script, [chain, home.folder], { execArgv: ['--expose-gc'] });
  const ask = async (question: DaemonQuestion): Promise<unknown> => {
    const answer = heard(child);
    child.send(question);
    return answer;
  };
  return {
    port: (await heard(child)) as number,
    place: home.place,
    folder: home.folder,
    measure: async () => {
      await ask('measure');
    },
    report: async () => (await ask('report')) as DaemonReport,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await home[Symbol.asyncDispose]();
    },
  };
};

const heard = async (child: ChildProcess): Promise<unknown> => {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process ended: ${String(code)}`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as unknown[];
  return message;
};
