/** Where the control socket of a home is: every process computes the same place from the path of the settings file. */

import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fail } from '../model/error.js';
import { makeFolder, withErrno } from '../config/folder.js';

/** A path, and whether it is beside the settings, apart from them among temporary files, or a pipe of Windows and no file. */
export interface Place {
  readonly kind: 'beside' | 'apart' | 'pipe';
  readonly path: string;
}

/** The system that a place is for. */
export interface System {
  readonly platform: NodeJS.Platform;
  /** Undefined on Windows. */
  readonly uid: number | undefined;
  readonly tmpdir: string;
}

/** Paths of sockets have 103 bytes on some systems, and the name is a little longer while the socket is made. */
const longestPath = 96;

const thisSystem = (): System => ({ platform: process.platform, uid: process.getuid?.(), tmpdir: tmpdir() });

/** The place for a settings file: beside it, or where that path is too long in a folder of its own among temporary files. */
export const controlPlace = (settingsPath: string, system: System = thisSystem()): Place => {
  const folder = realFolder(dirname(settingsPath));
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  if (system.platform === 'win32') return { kind: 'pipe', path: `\\\\.\\pipe\\kaskade-${hash}` };
  const beside = join(folder, socketName);
  if (Buffer.byteLength(beside) <= longestPath) return { kind: 'beside', path: beside };
  return { kind: 'apart', path: join(system.tmpdir, `kaskade-${system.uid ?? ''}-${hash}`, socketName) };
};

const socketName = 'control.sock';

/** Links are followed, so that two spellings of a home are one. */
const realFolder = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** Whether what is found at a place can be believed: among temporary files anybody may have made a folder of that name. */
export const isTrusted = ({ kind, path }: Place): boolean => kind !== 'apart' || isOurs(dirname(path));

/** Makes the folder of a place. Throws `home-unusable` where that cannot be, or where somebody else has made it. */
export const prepare = ({ kind, path }: Place): void => {
  const folder = dirname(path);
  if (kind === 'beside') withErrno(folder, () => makeFolder(folder));
  if (kind !== 'apart') return;
  withErrno(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  if (!isOurs(folder)) throw fail('home-unusable', { note: `${folder} is somebody else's, or open to others` });
};

/** Whether the socket of a place is somebody else's, who could tell any lie through it. A pipe of Windows lets only its owner in. */
export const isStrange = ({ kind, path }: Place, uid = process.getuid?.()): boolean =>
  kind !== 'pipe' && (lstatSync(path, { throwIfNoEntry: false })?.uid ?? uid) !== uid;

const isOurs = (folder: string): boolean => {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
};
