/** Who is told of what happens: events to watchers, and notices that are counted by topic. */

import { mostNotices } from '../model/board.js';
import { now } from '../model/brand.js';
import type { KaskadeEvent, Notice } from '../model/event.js';

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
  readonly inform: (topic: string, text: string) => void;
  /** What was told, oldest first, one for each topic. */
  readonly all: () => readonly Notice[];
}

/** Notices, counted by topic. Topics are few by design; beyond a limit the oldest are forgotten, so that no client can grow the table. */
export const createNotices = ({ tell }: Watchers): Notices => {
  const notices = new Map<string, Notice>();
  const say = (level: Notice['level'], topic: string, text: string): void => {
    const notice = { level, topic, text, count: (notices.get(topic)?.count ?? 0) + 1, at: now() };
    notices.delete(topic);
    notices.set(topic, notice);
    if (notices.size > mostNotices) notices.delete([...notices.keys()][0] ?? '');
    tell({ kind: 'notice', notice });
  };
  return {
    warn: (topic, text) => {
      say('warning', topic, text);
    },
    inform: (topic, text) => {
      say('info', topic, text);
    },
    all: () => [...notices.values()],
  };
};

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
