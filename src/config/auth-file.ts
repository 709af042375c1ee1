/** The file of users for listeners that other machines reach: `user:password` lines. */

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fail } from '../model/error.js';
import type { Login } from '../wire/client-request.js';
import { errnoOf } from './folder.js';

/** Reads the users. Throws `file-unreadable`, or `auth-file` with the path and the number of the line, never with what stands there. */
export const readAuthFile = (path: string): Login => {
  const users = linesOf(path).flatMap((line, index) => userOf(line, `${path}, line ${index + 1}`));
  if (users.length === 0) throw fail('auth-file', { note: `${path}, no user in it` });
  return {
    required: true,
    check: (user, password) => {
      const asked = digest(user, password);
      return users.reduce((known, one) => (timingSafeEqual(one, asked) ? true : known), false);
    },
  };
};

const linesOf = (path: string): readonly Buffer[] =>
  readBytes(path)
    .toString('latin1')
    .split(/\r?\n/)
    .map((line) => Buffer.from(line, 'latin1'));

const readBytes = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw fail('file-unreadable', { note: `${path}, ${errnoOf(thrown) ?? 'unreadable'}` }, thrown);
  }
};

/** The digest of one line's user, none for blank lines and `#` comments. */
const userOf = (line: Buffer, place: string): readonly Buffer[] => {
  const text = line.toString('utf8');
  if (text.trim() === '' || text.startsWith('#')) return [];
  const colon = text.indexOf(':');
  const [user, password] = [text.slice(0, colon), text.slice(colon + 1)];
  const whole = Buffer.from(text, 'utf8').equals(line) && colon !== -1 && fits(user) && fits(password);
  if (!whole) throw fail('auth-file', { note: place });
  return [digest(user, password)];
};

const fits = (text: string): boolean => text !== '' && Buffer.byteLength(text) <= 255;

/** Equal digests compare in the same time whatever the lengths were; the pair is written so that no colon can move. */
const digest = (user: string, password: string): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([user, password]))
    .digest();
