/** The settings file and its folder on disk: modes, what a killed process left, what is kept aside, and what the system refuses. */

import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '../model/error.js';

/** Makes a folder that only its owner may enter; one that is there already stays as it is. */
export const makeFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // Node reports ENOENT for a whole path on a read-only disk; for the last part alone it says what is the matter.
    mkdirSync(path, { mode: 0o700 });
  }
};

/** Takes the rights of all others away, as far as the system lets us; what is missing is not made. */
export const tighten = (path: string): void => {
  try {
    const { mode } = statSync(path);
    if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700);
  } catch {
    // It is not ours, or the disk is read-only: reading still works.
  }
};

/** Does `work`; what the system refuses becomes `home-unusable` with the path and the errno. */
export const withErrno = <Result>(path: string | undefined, work: () => Result): Result => {
  try {
    return work();
  } catch (thrown) {
    const code = errnoOf(thrown);
    if (code === undefined) throw thrown;
    throw fail('home-unusable', { note: `${path ?? (thrown as NodeJS.ErrnoException).path ?? '?'}, ${code}` });
  }
};

/** The errno name of what a file operation threw. */
export const errnoOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'errno' in thrown && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;

/** The file that a path leads to in the end, so that a symbolic link stays one. */
export const finalPath = (path: string): string => (existsSync(path) ? realpathSync(path) : path);

/**
 * Puts the staged file in the place of `path`. Throws `home-unusable`, with `path` as it was, when the disk took only a
 * part of the text: the library renames what it wrote without looking.
 */
export const commit = (staged: string, path: string, text: string): void => {
  if (readFileSync(staged, 'utf8') !== text) {
    rmSync(staged, { force: true });
    throw fail('home-unusable', { note: `${path} could be written in part only, as on a full disk` });
  }
  keepOwner(staged, path);
  renameSync(staged, path);
  syncFolder(dirname(path));
};

/** Whether a process that was killed while it wrote has left anything. */
export const hasLeftovers = (path: string): boolean => leftovers(path).length > 0;

/** Removes what such a process left. The caller holds the lock. */
export const sweep = (path: string): void => {
  for (const name of leftovers(path)) rmSync(join(dirname(path), name), { force: true });
};

const leftovers = (path: string): readonly string[] =>
  readdirSync(dirname(path)).filter((name) =>
    [`.next`, `.lock.`].some((mark) => name.startsWith(basename(path) + mark)),
  );

/** Moves a file away under the first free name `….broken-N`; tells where it is. The caller holds the lock. */
export const keepAside = (path: string): string => {
  let number = 1;
  while (existsSync(`${path}.broken-${number}`)) number += 1;
  renameSync(path, `${path}.broken-${number}`);
  return `${path}.broken-${number}`;
};

/** Settings that root changes for somebody stay that person's. */
const keepOwner = (staged: string, path: string): void => {
  const before = statSync(path, { throwIfNoEntry: false });
  if (before === undefined || before.uid === statSync(staged).uid) return;
  try {
    chownSync(staged, before.uid, before.gid);
  } catch {
    // Only root may give files away.
  }
};

/** A rename is only on the disk when its folder is; not every system lets a folder be opened. */
const syncFolder = (path: string): void => {
  try {
    const folder = openSync(path, 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    // The file itself is whole either way.
  }
};
