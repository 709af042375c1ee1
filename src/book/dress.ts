/** Rows of the book with what stands about them in its other tables. */

import type { BookEntry, Stamp } from '../model/book.js';
import { readHistory } from './history-text.js';
import { entryOf, exitOf } from './rows.js';
import type { Database, Row, Statement, Value } from './sqlite.js';

/** Makes entries of rows: each other table is asked once for all of them. */
export type Dress = (rows: readonly Row[]) => readonly BookEntry[];

/** Dresses rows through a connection. */
export const createDress = (database: Database, clock: () => Stamp): Dress => {
  const on = statementsOf(database);
  return (rows) => dressed(rows, on, clock());
};

/** Keys as a JSON array, so that one statement serves any number of them. */
const theseKeys = '(SELECT value FROM json_each(?))';

type Statements = ReturnType<typeof statementsOf>;

const statementsOf = (database: Database) => ({
  sourcesOf: database.prepare(
    `SELECT proxy, name FROM named JOIN sources ON sources.key = named.source
     WHERE proxy IN ${theseKeys} AND gone = 0 ORDER BY proxy, first, name`,
  ),
  exitsOf: database.prepare(`SELECT * FROM exits WHERE proxy IN ${theseKeys} ORDER BY seen DESC`),
  historiesOf: database.prepare(`SELECT proxy, state FROM histories WHERE proxy IN ${theseKeys}`),
  auditsOf: database.prepare(
    `SELECT proxy, mode, at, grade, judges FROM audits WHERE proxy IN ${theseKeys} ORDER BY at DESC`,
  ),
});

/** Rows with what stands in the other tables, which is asked for all of them at once. */
const dressed = (rows: readonly Row[], on: Statements, now: Stamp): readonly BookEntry[] => {
  const sources = grouped(on.sourcesOf, rows);
  const exits = grouped(
    on.exitsOf,
    rows.filter((row) => row['exits'] !== ''),
  );
  // Most of a large book was never tried: a first try leaves a pulse, or a time for the next one.
  const histories = grouped(
    on.historiesOf,
    rows.filter((row) => row['pulse'] !== 0 || row['nextTry'] !== null),
  );
  const audits = grouped(
    on.auditsOf,
    rows.filter((row) => row['tunnel'] !== null || row['forward'] !== null),
  );
  return rows.map((row) => {
    const key = row['key'] ?? null;
    const state = histories.get(key)?.[0]?.['state'];
    return entryOf(row, {
      now,
      sources: (sources.get(key) ?? []).map(({ name }) => String(name)),
      exits: (exits.get(key) ?? []).map(exitOf),
      history: typeof state === 'string' ? readHistory(state) : undefined,
      grades: audits.get(key) ?? [],
    });
  });
};

/** What a statement gives for rows, by their keys, in its order. */
const grouped = (statement: Statement, rows: readonly Row[]): ReadonlyMap<Value, readonly Row[]> => {
  const groups = new Map<Value, Row[]>();
  if (rows.length === 0) return groups;
  for (const found of statement.all(JSON.stringify(rows.map((row) => Number(row['key']))))) {
    const key = found['proxy'] ?? null;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [found]);
    else group.push(found);
  }
  return groups;
};
