/** One engine for a home: the one whose control socket stands at the home's place. What a dead one left is taken over. */

import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asKaskadeError, fail } from '../model/error.js';
import { withErrno } from '../config/folder.js';
import { withLock } from '../config/lock.js';
import { type ControlListener, listenControl } from '../net/control.js';
import type { Peer } from '../net/peer.js';
import { type Place, prepare } from './place.js';
import { reach } from './reach.js';

/** The right to serve a home. */
export interface Claim {
  /** Gives the home back, and parts from every face. May be called again. */
  readonly release: () => Promise<void>;
}

/** Claimed and given up so often while one looks, a home is not to be had. */
const mostLooks = 100;

/**
 * Claims a place; faces are told to `onFace` from then on. Rejects with `engine-running` and the pid where an engine
 * has it, and with `home-unusable` where no socket can be had.
 */
export const claim = async (place: Place, onFace: (face: Peer) => void): Promise<Claim> => {
  prepare(place);
  await refuseRunning(place);
  if (place.kind === 'pipe') return { release: once((await listenControl(place.path, onFace)).close) };
  // It listens under a name of its own before it takes the place: whoever refuses there is dead, and not just beginning.
  const own = join(dirname(place.path), `control.${randomBytes(4).toString('hex')}`);
  const listener = await listenControl(own, onFace);
  try {
    const mark = await take(place, own);
    return { release: once(() => leave(place, mark, listener)) };
  } catch (thrown) {
    await listener.close();
    throw thrown;
  }
};

/** Puts the socket at the place, once nobody living has it; tells by what it is known there. */
const take = async (place: Place, own: string): Promise<string | undefined> => {
  const { path } = place;
  for (let look = 0; look < mostLooks; look += 1) {
    const seen = withErrno(path, () => markOf(path));
    await refuseRunning(place);
    const taken = underLock(path, () => {
      if (markOf(path) !== seen) return false;
      renameSync(own, path);
      sweep(path);
      return true;
    });
    if (taken) return markOf(path);
  }
  throw fail('home-unusable', { note: `${path} changes all the time` });
};

const leave = async (place: Place, mark: string | undefined, listener: ControlListener): Promise<void> => {
  try {
    underLock(place.path, () => {
      if (markOf(place.path) === mark) rmSync(place.path, { force: true });
    });
  } catch {
    // A socket that nobody listens to is taken over by the next engine.
  }
  await listener.close();
};

const underLock = <Result>(path: string, work: () => Result): Result =>
  withErrno(path, () => withLock(`${path}.lock`, work));

/** What tells one socket at a path from the next; undefined where there is none. Throws for what is no socket, which is left alone. */
const markOf = (path: string): string | undefined => {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (found?.isSocket() === false) throw fail('home-unusable', { note: `${path} is no socket` });
  return found && `${found.dev} ${found.ino} ${found.ctimeNs}`;
};

/** A name of one's own is there for milliseconds only. */
const forgottenAfter = 60_000;

/** Removes what starters have left that were killed before they took the place. */
const sweep = (path: string): void => {
  for (const name of readdirSync(dirname(path))) {
    const left = join(dirname(path), name);
    if (!/^control\.[0-9a-f]{8}$/.test(name)) continue;
    const age = Date.now() - (statSync(left, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > forgottenAfter) rmSync(left, { force: true });
  }
};

/** Throws `engine-running` unless nobody listens there. */
const refuseRunning = async (place: Place): Promise<void> => {
  const found = await reach(place).catch((thrown: unknown) => {
    const { failure } = asKaskadeError(thrown);
    throw fail('engine-running', { note: failure.note ?? failure.code }, thrown);
  });
  if (found === undefined) return;
  found.peer.cut();
  throw fail('engine-running', { note: `pid ${found.pid}` });
};

const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
};
