/** The book's file: opened, checked, brought up to date, and kept aside where it is broken. */

import { chmodSync, closeSync, copyFileSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Millis, millis } from '../model/brand.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import { migrate, schemaVersion, versionOf } from './schema.js';
import { type Database, openDatabase, sqliteCode } from './sqlite.js';

/** Where the book of a folder is. */
export const bookPath = (folder: string): string => join(folder, 'book.db');

/** How long a write waits for one of another process, where nothing else waits for the writer. */
const usualPatience: Millis = millis(5_000);

/** Whoever opens it waits so long for one who is making it. */
const leastToOpen = 1_000;

/**
 * Opens the book of a folder; it is made where there is none. A copy is kept before an older file is brought up to date
 * (`book.db.v1`). Throws `book-broken` for a file that is no book, which is moved aside, `book-newer` for one of a newer version,
 * or `home-unusable`.
 */
export const openFile = (folder: string, patience = usualPatience): Database => {
  const path = bookPath(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  } catch {
    throw fail('home-unusable', { note: path });
  }
  const database = openChecked(path, millis(Math.max(patience, leastToOpen)));
  try {
    const version = versionOf(database);
    if (version > schemaVersion) throw fail('book-newer', { note: path });
    if (version > 0 && version < schemaVersion) backUp(database, path, version);
    migrate(database);
    database.exec(`PRAGMA busy_timeout = ${patience}`);
    return database;
  } catch (thrown) {
    database.close();
    throw bookError(thrown, path);
  }
};

/** Closes the book; what is beside the file goes into it where nobody else has it open. */
export const closeFile = (database: Database): void => {
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Somebody else is at work, and will do it.
  }
  database.close();
};

/** A second connection to the same book, for a long write beside the reads of the first one. */
export const openBeside = (folder: string): Database => prepared(openDatabase(bookPath(folder)), usualPatience);

const openChecked = (path: string, patience: Millis): Database => {
  let database: Database | undefined;
  try {
    database = openDatabase(path);
    const [row] = prepared(database, patience).prepare('PRAGMA quick_check(1)').all();
    if (row?.['quick_check'] !== 'ok') throw fail('book-broken', { note: path });
    return database;
  } catch (thrown) {
    database?.close();
    const error = bookError(thrown, path);
    if (error.code !== 'book-broken') throw error;
    throw fail('book-broken', { note: `kept as ${keepAside(path)}` });
  }
};

/** WAL survives an end at any moment; FULL survives the loss of power too. */
const prepared = (database: Database, patience: Millis): Database => {
  database.exec(`PRAGMA busy_timeout = ${patience}`);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = FILE');
  database.exec('PRAGMA cache_size = -49152; PRAGMA journal_size_limit = 16777216');
  return database;
};

/** Everything is in the main file after a checkpoint; the copy is whole then. */
const backUp = (database: Database, path: string, version: number): void => {
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  copyFileSync(path, `${path}.v${version}`);
  chmodSync(`${path}.v${version}`, 0o600);
};

/** Moves a broken book out of the way, with what belongs to it; tells where to. */
const keepAside = (path: string): string => {
  let count = 1;
  while (existsSync(`${path}.broken-${count}`)) count += 1;
  const aside = `${path}.broken-${count}`;
  renameSync(path, aside);
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
};

const codes: Readonly<Record<number, 'book-broken' | 'book-busy' | 'book-full' | 'home-unusable'>> = {
  ...{ 5: 'book-busy', 6: 'book-busy', 8: 'home-unusable', 10: 'book-full', 11: 'book-broken', 13: 'book-full' },
  ...{ 14: 'home-unusable', 26: 'book-broken' },
};

/** What SQLite throws in the program's own words (`sqlite3.h`: BUSY 5, LOCKED 6, READONLY 8, IOERR 10, CORRUPT 11, FULL 13, CANTOPEN 14, NOTADB 26). */
export const bookError = (thrown: unknown, note: string): KaskadeError => {
  const code = codes[sqliteCode(thrown) ?? -1];
  return code === undefined ? asKaskadeError(thrown) : fail(code, { note });
};
