/** Who is let in: how many sessions at once, how many of one client, and how many this machine has file descriptors for. */

import { readFileSync } from 'node:fs';
import { type KaskadeError, fail } from '../model/error.js';

/** Counts the sessions of all listeners. */
export interface Admission {
  /** Counts a client in, and says why it must be turned away, if it must. Every call is matched by one `leave`. */
  readonly enter: (address: string) => KaskadeError | undefined;
  readonly leave: (address: string) => void;
  /** Clients inside now, the ones being turned away included. */
  readonly inside: () => number;
  /** How many may be inside. */
  readonly most: number;
}

/** Descriptors kept free for logs, names, the screen and the files of settings. */
const reserve = 32;
const descriptorsPerSession = 2;

/** An admission for at most `most` sessions, or as many as the limit of open files allows, whichever is less. */
export const createAdmission = (most: number): Admission => {
  const files = openFilesLimit();
  const room = Math.max(1, Math.floor((files - reserve - openFiles()) / descriptorsPerSession));
  const limit = Math.min(most, room);
  const ofClient = new Map<string, number>();
  let inside = 0;
  return {
    enter: (address) => {
      const own = (ofClient.get(address) ?? 0) + 1;
      ofClient.set(address, own);
      inside += 1;
      if (inside > limit) {
        return room < most
          ? fail('out-of-files', { note: `limit ${files}` })
          : fail('too-many-sessions', { note: `${limit}` });
      }
      return own > Math.max(1, limit / 2) ? fail('too-many-from-client') : undefined;
    },
    leave: (address) => {
      inside -= 1;
      const left = (ofClient.get(address) ?? 1) - 1;
      if (left === 0) ofClient.delete(address);
      else ofClient.set(address, left);
    },
    inside: () => inside,
    most: limit,
  };
};

/** The soft limit of open files; a cautious guess where the system does not tell. */
const openFilesLimit = (): number => {
  const limits = readText('/proc/self/limits');
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (found !== undefined) return found === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(found);
  return process.platform === 'win32' ? 8192 : 4096;
};

/** Descriptors that a process of Node holds before it does anything. */
const openFiles = (): number => 24;

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};
