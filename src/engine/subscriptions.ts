/** Sources that are fetched again by themselves: while an engine runs, one at a time, each in a thread of its own. */

import { Worker } from 'node:worker_threads';
import { type Millis, millis } from '../model/brand.js';
import type { Notices } from './watchers.js';

/** What a thread is given. */
export interface WorkerTask {
  readonly home: string;
  readonly source: string;
}

/** What came of a fetch. */
export type Fetching =
  | { readonly ok: true; readonly added: number }
  | { readonly ok: false; readonly sentence: string };

/** What subscriptions work with. */
export interface SubscriptionParts {
  /** The names of the sources that are due, the longest waiting first. Never throws. */
  readonly due: () => readonly string[];
  readonly fetch: (source: string) => { readonly fetching: Promise<Fetching>; readonly stop: () => void };
  readonly notices: Pick<Notices, 'warn' | 'inform'>;
  readonly lookEvery?: Millis;
}

const usually: Millis = millis(30_000);

/** Begins to look for what is due, until the returned object is disposed. */
export const watchSubscriptions = (parts: SubscriptionParts): Disposable => {
  const { due, fetch, notices, lookEvery = usually } = parts;
  let stopFetch: (() => void) | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    const [source] = stopFetch === undefined ? due() : [];
    if (source === undefined) return;
    const { fetching, stop } = fetch(source);
    stopFetch = stop;
    const came = await fetching;
    stopFetch = undefined;
    if (isOver) return;
    if (!came.ok) notices.warn(`source ${source}`, `The list ${source} was not taken: ${came.sentence}`);
    else if (came.added > 0) notices.inform(`source ${source}`, newText(source, came.added));
  };
  const timer = setInterval(() => void look(), lookEvery).unref();
  void look();
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      clearInterval(timer);
      stopFetch?.();
    },
  };
};

const newText = (source: string, added: number): string =>
  `The list ${source} has ${added} ${added === 1 ? 'proxy' : 'proxies'} that the book did not have; they are in quarantine.`;

/** Fetches in a thread. What a thread that ends without a word has done is told as a failure. */
export const fetchInThread = (home: string): SubscriptionParts['fetch'] => {
  const script = new URL('./fetch-worker.js', import.meta.url);
  return (source) => {
    const task: WorkerTask = { home, source };
    const worker = new Worker(script, { workerData: task });
    const fetching = new Promise<Fetching>((resolve) => {
      worker.once('message', resolve);
      worker.once('error', ({ message }) => {
        resolve({ ok: false, sentence: message });
      });
      worker.once('exit', () => {
        resolve({ ok: false, sentence: 'It was called off.' });
      });
    });
    return { fetching, stop: () => void worker.terminate() };
  };
};
