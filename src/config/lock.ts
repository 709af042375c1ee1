/** One writer at a time: a file beside the settings that whoever changes them creates first and removes last. */

import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { fail } from '../model/error.js';

/** A change takes milliseconds; a lock of that age was left behind. */
const forgottenAfter = 10_000;
/** Whoever makes one says at once who it is; one that says nothing for so long was left by a process killed in between. */
const silentFor = 1_000;
const patience = 5_000;
const pause = 5;

/**
 * Does `work` while no other process does work under the same lock; waits for others, and takes over what a dead one left.
 * Throws the errno error when the lock cannot be made, and `home-unusable` when another process keeps it.
 */
export const withLock = <Result>(path: string, work: () => Result): Result => {
  acquire(path);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
};

const acquire = (path: string): void => {
  const until = performance.now() + patience;
  while (!create(path)) {
    if (isForgotten(path)) takeAway(path);
    else if (performance.now() > until) throw fail('home-unusable', { note: `another process keeps ${path}` });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
  }
};

const create = (path: string): boolean => {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
};

const isForgotten = (path: string): boolean => {
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  const holder = holderOf(path);
  return age > forgottenAfter || (holder === undefined ? age > silentFor : isDead(holder));
};

/** The process that made the lock; undefined while it has not said so. */
const holderOf = (path: string): number | undefined => {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
};

const isDead = (holder: number): boolean => {
  try {
    return !process.kill(holder, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH';
  }
};

/** Moved before it is removed, and looked at once more: between two looks another process may have made a lock of its own. */
const takeAway = (path: string): void => {
  const away = `${path}.${process.pid}`;
  try {
    renameSync(path, away);
    if (!isForgotten(away)) linkSync(away, path);
  } catch (thrown) {
    if (!['ENOENT', 'EEXIST'].includes((thrown as NodeJS.ErrnoException).code ?? '')) throw thrown;
  } finally {
    rmSync(away, { force: true });
  }
};
