/** The settings file in use: read once, judged before it is believed, and changed by one process at a time. */

import { fail } from '../model/error.js';
import { commit, errnoOf, finalPath, hasLeftovers, keepAside, sweep, withErrno } from './folder.js';
import { withLock } from './lock.js';
import { type Judged, type Saved, judge, nothingSaved } from './saved.js';

/** How the file's text is read, and how a new one is written beside it. */
export interface Source {
  readonly path: string;
  /** Undefined where there is no file. */
  readonly read: () => string | undefined;
  /** Writes the text of what will become `path`, and tells where. */
  readonly stage: (text: string, path: string) => string;
}

/** What becomes of a file that cannot be understood: it is moved to a name of its own, or left to somebody who will tell. */
export type WhenBroken = 'keep aside' | 'leave';

/** What is saved, and the only way to change it. */
export interface SavedFile {
  readonly saved: () => Saved;
  /** Reads the file again. Throws as opening it does, and keeps what was read before. */
  readonly reload: () => void;
  /** Reads the file again, changes what it holds and writes it, while no other process does. */
  readonly update: (change: (saved: Saved) => Saved) => void;
}

/**
 * Opens the file. Throws `settings-broken` after a file that cannot be understood was kept aside, or for one of a later
 * version, which stays where it is; `home-unusable` for what the system refuses. Every change may throw the same.
 */
export const openSavedFile = (source: Source, whenBroken: WhenBroken): SavedFile => {
  const { path } = source;
  let saved = openSaved(source, whenBroken);
  return {
    saved: () => saved,
    reload: () => {
      saved = openSaved(source, whenBroken);
    },
    update: (change) => {
      saved = locked(path, () => {
        sweep(finalPath(path));
        const after = change(usable(load(source), path));
        write(source, `${JSON.stringify(after, undefined, 2)}\n`);
        return after;
      });
    },
  };
};

/** Only a file that must be moved, or a folder that must be swept, needs a disk that can be written. */
const openSaved = (source: Source, whenBroken: WhenBroken): Saved => {
  const { path } = source;
  const judged = load(source);
  if (judged.kind === 'broken' && whenBroken === 'leave')
    throw fail('settings-broken', { note: `${judged.why}: ${path}` });
  if (judged.kind === 'broken') return moveAway(source, judged.why);
  if (hasLeftovers(finalPath(path))) trySweep(path);
  return usable(judged, path);
};

const load = ({ path, read }: Source): Judged => {
  const text = withErrno(path, read);
  return text === undefined ? { kind: 'good', saved: nothingSaved } : judge(text);
};

/** What a judged file holds, or the failure that says what became of it. The caller holds the lock when it may be broken. */
const usable = (judged: Judged, path: string): Saved => {
  switch (judged.kind) {
    case 'good':
      return judged.saved;
    case 'newer':
      throw fail('settings-broken', { note: `${path} was written by a later version of kaskade; it stays as it is` });
    case 'broken':
      throw fail('settings-broken', { note: `${judged.why}; it is kept as ${keepAside(path)}` });
  }
};

/** Looks once more under the lock: another process may have moved the file already. */
const moveAway = (source: Source, why: string): Saved => {
  try {
    return withLock(lockOf(source.path), () => usable(load(source), source.path));
  } catch (thrown) {
    const code = errnoOf(thrown);
    if (code === undefined) throw thrown;
    throw fail('settings-broken', { note: `${source.path}: ${why}; it could not be moved away, ${code}` });
  }
};

const trySweep = (path: string): void => {
  try {
    withLock(lockOf(path), () => {
      sweep(finalPath(path));
    });
  } catch {
    // What is left over harms nobody, and the next change tries again.
  }
};

const write = ({ path, stage }: Source, text: string): void => {
  const final = finalPath(path);
  commit(stage(text, final), final, text);
};

const locked = <Result>(path: string, work: () => Result): Result =>
  withErrno(path, () => withLock(lockOf(path), work));

const lockOf = (path: string): string => `${path}.lock`;
