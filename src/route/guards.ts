/** The few entries that an identity keeps: the more first hops one uses, the surer one of them is hostile and sees who comes. */

import type { Stamp } from '../model/book.js';
import type { ProxyId } from '../model/cascade.js';
import type { Identity } from '../model/route.js';

/** Whose entries, and out of which filter they were drawn, as text. */
export interface GuardKey {
  readonly identity: Identity;
  readonly filter: string;
}

/** An entry, and until when it is kept. */
export interface Guard {
  readonly proxy: ProxyId;
  readonly until: Stamp;
}

/** What outlives the process. */
export type SavedGuards = readonly (GuardKey & { readonly guards: readonly Guard[] })[];

/** The entries of all identities. */
export interface Guards {
  /** Those of one identity, the oldest first; those that are past their time or no longer `there` are dropped for good. */
  readonly of: (key: GuardKey, there: (proxy: ProxyId) => boolean) => readonly ProxyId[];
  /** Keeps one more; when there are too many, the oldest that is down goes first. */
  readonly add: (key: GuardKey, proxy: ProxyId, isUp: (proxy: ProxyId) => boolean) => void;
  readonly save: () => SavedGuards;
}

/** What entries depend on. */
export interface GuardParts {
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
  readonly wallClock: () => Stamp;
  readonly saved?: SavedGuards;
}

/** So many entries are in use by one identity. */
export const mostGuards = 3;
/** So many are remembered, with those that are down and may come back. */
const mostKept = 8;
const mostSets = 1_000;
/** An entry is kept for 30 to 60 days; nobody can tell from outside when it is drawn anew. */
const shortest = 30 * 86_400_000;

/** Reads what was saved as JSON; anything else is none. */
export const parseGuards = (text: string | undefined): SavedGuards => {
  try {
    const saved: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(saved) && saved.every(isSaved) ? (saved as SavedGuards) : [];
  } catch {
    return [];
  }
};

const isSaved = (saved: unknown): boolean => {
  const { guards, ...key } = (saved ?? {}) as { readonly guards?: unknown };
  const isGuard = (each: unknown): boolean => {
    const { proxy, until } = (each ?? {}) as { readonly proxy?: unknown; readonly until?: unknown };
    return typeof proxy === 'string' && typeof until === 'number';
  };
  return Array.isArray(guards) && guards.every(isGuard) && Object.values(key).every((part) => typeof part === 'string');
};

/** Entries as they were saved, or none. */
export const createGuards = ({ random, wallClock, saved = [] }: GuardParts): Guards => {
  const sets = new Map(saved.map(({ guards, ...key }) => [textOf(key), { key, guards }]));
  const store = (key: GuardKey, guards: readonly Guard[]): void => {
    const text = textOf(key);
    sets.delete(text);
    if (guards.length > 0) sets.set(text, { key, guards });
    for (const oldest of sets.keys()) {
      if (sets.size <= mostSets) return;
      sets.delete(oldest);
    }
  };
  return {
    of: (key, there) => {
      const known = sets.get(textOf(key))?.guards ?? [];
      const kept = known.filter(({ proxy, until }) => until > wallClock() && there(proxy));
      if (kept.length < known.length) store(key, kept);
      return kept.map(({ proxy }) => proxy);
    },
    add: (key, proxy, isUp) => {
      const known = sets.get(textOf(key))?.guards ?? [];
      if (known.some((guard) => guard.proxy === proxy)) return;
      const goes = known.length < mostKept ? undefined : (known.find((guard) => !isUp(guard.proxy)) ?? known[0]);
      const until = (wallClock() + shortest * (1 + random())) as Stamp;
      store(key, [...known.filter((guard) => guard !== goes), { proxy, until }]);
    },
    save: () => [...sets.values()].map(({ key, guards }) => ({ ...key, guards })),
  };
};

const textOf = ({ identity, filter }: GuardKey): string => JSON.stringify([identity, filter]);
