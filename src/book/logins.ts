/** Credentials of the book's proxies, in a file of their own that only the user can read; the book has nothing but their marks. */

import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from '../model/hop.js';
import { Secret } from '../model/secret.js';
import { type Database, inTransaction, openDatabase } from './sqlite.js';

/** The credentials that are kept. */
export interface Logins {
  /** A short mark for credentials, the same for the same ones, of which nothing can be learned without this file. */
  readonly markOf: (credentials: Credentials) => string;
  /** Keeps credentials for good before the book speaks of their marks; many at once. */
  readonly keep: (all: Iterable<readonly [mark: string, credentials: Credentials]>) => void;
  readonly find: (mark: string) => Credentials | undefined;
  /** Forgets those that nobody speaks of any more. */
  readonly sweep: (isUsed: (mark: string) => boolean) => void;
  readonly close: () => void;
}

const markLength = 12;

/** Opens the file beside the book; it is made on the first login that is kept. */
export const openLogins = (folder: string): Logins => {
  const path = join(folder, 'book-logins.db');
  let opened: Opened | undefined;
  const open = (): Opened => (opened ??= openAt(path));
  return {
    markOf: ({ user, password }) =>
      createHmac('sha256', open().salt)
        .update(`${user.reveal()}\0${password.reveal()}`)
        .digest('hex')
        .slice(0, markLength),
    keep: (all) => {
      const { database } = open();
      const insert = database.prepare('INSERT OR IGNORE INTO logins (mark, user, password) VALUES (?, ?, ?)');
      inTransaction(database, () => {
        for (const [mark, { user, password }] of all) insert.run(mark, user.reveal(), password.reveal());
      });
    },
    find: (mark) => {
      if (opened === undefined && !existsSync(path)) return undefined;
      const row = open().database.prepare('SELECT user, password FROM logins WHERE mark = ?').get(mark);
      return row && { user: new Secret(String(row['user'])), password: new Secret(String(row['password'])) };
    },
    sweep: (isUsed) => {
      if (opened === undefined && !existsSync(path)) return;
      const { database } = open();
      const marks = database.prepare('SELECT mark FROM logins').all();
      const remove = database.prepare('DELETE FROM logins WHERE mark = ?');
      for (const { mark } of marks) if (!isUsed(String(mark))) remove.run(String(mark));
    },
    close: () => {
      opened?.database.close();
      opened = undefined;
    },
  };
};

interface Opened {
  readonly database: Database;
  readonly salt: string;
}

const openAt = (path: string): Opened => {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const database = openDatabase(path);
  database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(`
    CREATE TABLE IF NOT EXISTS logins (mark TEXT PRIMARY KEY, user TEXT NOT NULL, password TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS salt (only INTEGER PRIMARY KEY CHECK (only = 1), salt TEXT NOT NULL);
  `);
  const fresh = randomBytes(32).toString('hex');
  database.prepare('INSERT OR IGNORE INTO salt (only, salt) VALUES (1, ?)').run(fresh);
  return { database, salt: String(database.prepare('SELECT salt FROM salt').get()?.['salt'] ?? fresh) };
};
