/** The one home of the database: SQLite as it is built into Node, or as a package where it is not. */

import { createRequire } from 'node:module';

/** What SQLite stores. Anything else binds as NULL without a word: nothing else is ever passed. */
export type Value = string | number | bigint | null | Uint8Array;

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, Value>>;

/** A prepared statement. */
export interface Statement {
  readonly run: (...values: Value[]) => {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  readonly get: (...values: Value[]) => Row | undefined;
  readonly all: (...values: Value[]) => readonly Row[];
}

/** An open database file. */
export interface Database {
  readonly exec: (sql: string) => void;
  readonly prepare: (sql: string) => Statement;
  readonly close: () => void;
}

type Open = new (path: string, options?: { readonly readOnly?: boolean }) => Database;

const require = createRequire(import.meta.url);

/** Opens a database file; it is made where there is none, unless it is only read. Throws what SQLite throws. */
export const openDatabase = (path: string, options: { readonly readOnly?: boolean } = {}): Database =>
  new (constructor())(path, options);

/** Loading it is left to the first use: most commands need no database. */
const constructor = (): Open => {
  const home = process.getBuiltinModule('node:sqlite') === undefined ? '@photostructure/sqlite' : 'node:sqlite';
  return (require(home) as { readonly DatabaseSync: Open }).DatabaseSync;
};

/** Does all of some work, or nothing: nobody else writes meanwhile. */
export const inTransaction = <Result>(database: Database, work: () => Result): Result => {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (thrown) {
    rollBack(database);
    throw thrown;
  }
};

/** On a full disk SQLite has rolled back by itself: what went wrong before is what is to be told. */
const rollBack = (database: Database): void => {
  try {
    database.exec('ROLLBACK');
  } catch {
    // There is nothing left to be rolled back.
  }
};

/** The code that SQLite gives an error (`SQLITE_FULL` is 13), without its extension. */
export const sqliteCode = (thrown: unknown): number | undefined => {
  const { errcode } = (thrown ?? {}) as { readonly errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
};
