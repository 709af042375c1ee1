/** Who is told of what happens: events to watchers, and notices that are counted by topic. */

import type { KaskadeEvent } from '../model/event.js';

/** Those who look on. */
export interface Watchers {
  readonly tell: (event: KaskadeEvent) => void;
  /** Whether anybody looks: an event that nobody sees need not be made. */
  readonly any: () => boolean;
  readonly add: (watcher: (event: KaskadeEvent) => void) => Disposable;
}

/** Things worth a word to the person at this machine. */
export interface Notices {
  /** Tells the first time and every further time, with the count so far. */
  readonly warn: (topic: string, text: string) => void;
}

/** Watchers, none yet. */
export const createWatchers = (): Watchers => {
  const watchers = new Set<(event: KaskadeEvent) => void>();
  return {
    tell: (event) => {
      for (const watcher of watchers) watcher(event);
    },
    any: () => watchers.size > 0,
    add: (watcher) => {
      watchers.add(watcher);
      return {
        [Symbol.dispose]: () => {
          watchers.delete(watcher);
        },
      };
    },
  };
};

/** Topics are few by design; beyond this many the oldest are forgotten, so that no client can grow the table. */
const mostTopics = 256;

/** Notices, counted by topic. */
export const createNotices = ({ tell }: Watchers): Notices => {
  const counts = new Map<string, number>();
  return {
    warn: (topic, text) => {
      const count = (counts.get(topic) ?? 0) + 1;
      counts.delete(topic);
      counts.set(topic, count);
      if (counts.size > mostTopics) counts.delete([...counts.keys()][0] ?? '');
      tell({ kind: 'notice', notice: { level: 'warning', topic, text, count } });
    },
  };
};
