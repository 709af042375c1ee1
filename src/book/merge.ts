/** From the table beside the book into the book: whole sets at a time, in the order of the index, one transaction. */

import type { Stamp } from '../model/book.js';
import type { Source } from './intake.js';
import { type Database, inTransaction } from './sqlite.js';

/** What became of the proxies of a list. */
export interface Merged {
  readonly added: number;
  readonly merged: number;
  /** How many this source had named the last time, and does not name any more. */
  readonly dropped: number;
}

/** Looks at what a list holds before it is put into the book, and throws where it is not to be. */
export type Check = (staged: Staged) => void;

/** Where readings wait. It is this connection's own, and is gone with it. */
export const stageTable = `
  CREATE TEMP TABLE stage (
    host TEXT, port INTEGER, scheme TEXT, login TEXT, options TEXT, assumed INTEGER, isName INTEGER,
    country TEXT, network TEXT, hearsay TEXT
  );
  CREATE TEMP TABLE stagedRanges (low TEXT, high TEXT, text TEXT PRIMARY KEY) WITHOUT ROWID;
`;

const place = 'host, port, scheme, login';
const samePlace = 'p.host = f.host AND p.port = f.port AND p.scheme = f.scheme AND p.login = f.login';
const sameSpot = 'p.host = f.host AND p.port = f.port AND p.login = f.login';

/** Each place once, in the order of the book's own index. */
const gather = `
  CREATE TEMP TABLE fresh (
    host TEXT, port INTEGER, scheme TEXT, login TEXT, options TEXT, assumed INTEGER, isName INTEGER,
    country TEXT, network TEXT, hearsay TEXT
  );
  INSERT INTO fresh SELECT ${place}, max(options), min(assumed), isName, country, network, max(hearsay)
    FROM stage GROUP BY ${place} ORDER BY ${place};
  DROP TABLE stage;
`;

/**
 * A place whose scheme was only assumed is one with whatever is known of it, in this list or in the book, in either order: the
 * assumed row goes where there is a surer one, and one in the book takes the scheme that is now known.
 */
const settleHere = `
  CREATE INDEX temp.freshPlace ON fresh (host, port, login, scheme);
  DELETE FROM fresh AS f WHERE assumed = 1 AND EXISTS (
    SELECT 1 FROM fresh AS p WHERE ${sameSpot} AND p.assumed = 0);
`;
const settle = `
  ${settleHere}
  UPDATE fresh AS f SET scheme = (SELECT p.scheme FROM proxies AS p WHERE ${sameSpot} ORDER BY p.key LIMIT 1)
    WHERE assumed = 1 AND EXISTS (SELECT 1 FROM proxies AS p WHERE ${sameSpot});
  UPDATE OR IGNORE proxies AS p SET assumed = 0, (scheme, options) =
      (SELECT f.scheme, f.options FROM fresh AS f WHERE ${sameSpot} AND f.assumed = 0 ORDER BY f.scheme LIMIT 1)
    WHERE assumed = 1 AND EXISTS (SELECT 1 FROM fresh AS f WHERE ${sameSpot} AND f.assumed = 0)
      AND NOT EXISTS (SELECT 1 FROM fresh AS f JOIN proxies AS q
        ON q.host = f.host AND q.port = f.port AND q.scheme = f.scheme AND q.login = f.login
        WHERE ${sameSpot} AND f.assumed = 0 AND q.assumed = 0);
  UPDATE proxies AS p SET assumed = 0
    WHERE assumed = 1 AND EXISTS (SELECT 1 FROM fresh AS f WHERE ${samePlace} AND f.assumed = 0);
`;

/** What a list holds, each once. */
export interface Staged {
  readonly proxies: number;
  readonly ranges: number;
}

/** Puts what was staged into the book, unless `check` throws. Throws what SQLite throws; the book is as it was then. */
export const mergeStage = (
  database: Database,
  { source, now, check }: { readonly source: Source; readonly now: Stamp; readonly check?: Check },
): Merged => {
  const read = numberOf(database, 'SELECT count(*) AS count FROM stage');
  database.exec(gather);
  check?.({
    proxies: numberOf(database, 'SELECT count(*) AS count FROM fresh'),
    ranges: numberOf(database, 'SELECT count(*) AS count FROM stagedRanges'),
  });
  const { added, dropped } = inTransaction(database, () => merge(database, source, now));
  return { added, merged: read - added, dropped };
};

const merge = (database: Database, source: Source, now: Stamp): Omit<Merged, 'merged'> => {
  const key = enterSource(database, source, now);
  const isFirst = database.prepare('SELECT 1 FROM proxies LIMIT 1').get() === undefined;
  // In an empty book only lists that say it of some and not of others have anything to settle.
  if (isFirst && isMixed(database)) database.exec(settleHere);
  if (!isFirst && database.prepare(assumedAnywhere).get() !== undefined) database.exec(settle);
  if (!isFirst) nameKnown(database, key, now);
  const added = database
    .prepare(
      `INSERT INTO proxies (${place}, options, assumed, added, named, address, entryCountry, entryNetwork, countries, networks)
       SELECT ${place}, options, assumed, ?, ?, CASE WHEN isName = 1 THEN NULL ELSE host END, country, network, country, network
       FROM fresh AS f ${isFirst ? '' : `WHERE NOT EXISTS (SELECT 1 FROM proxies AS p WHERE ${samePlace})`} ORDER BY f.rowid`,
    )
    .run(now, now);
  database
    .prepare(
      `INSERT INTO named (proxy, source, first, last, hearsay)
       SELECT p.key, ?, ?, ?, f.hearsay FROM fresh AS f CROSS JOIN proxies AS p ON ${samePlace} WHERE true
       ON CONFLICT (proxy, source) DO UPDATE SET last = excluded.last, gone = 0, hearsay = coalesce(excluded.hearsay, hearsay)`,
    )
    .run(key, now, now);
  const count = Number(added.changes);
  return { added: count, dropped: finishSource(database, key, { now, added: count }) };
};

const isMixed = (database: Database): boolean =>
  [0, 1].every(
    (assumed) => database.prepare('SELECT 1 FROM fresh WHERE assumed = ? LIMIT 1').get(assumed) !== undefined,
  );

const assumedHere = 'SELECT 1 FROM fresh WHERE assumed = 1 LIMIT 1';
const assumedAnywhere = `SELECT 1 WHERE EXISTS (${assumedHere}) OR EXISTS (SELECT 1 FROM proxies WHERE assumed = 1)`;

/** Proxies that are known already are named once more, and by one more source where this one did not name them before. */
const nameKnown = (database: Database, source: number, now: Stamp): void => {
  const known = `SELECT p.key FROM fresh AS f JOIN proxies AS p ON ${samePlace}`;
  database
    .prepare(
      `UPDATE proxies SET sources = sources + 1 WHERE key IN (${known}
         LEFT JOIN named ON named.proxy = p.key AND named.source = ? WHERE named.proxy IS NULL OR named.gone = 1)`,
    )
    .run(source);
  database.prepare(`UPDATE proxies SET named = ? WHERE key IN (${known})`).run(now);
};

/** What this source has named before and does not name any more is dropped by it; its ranges are the new ones. */
const finishSource = (
  database: Database,
  key: number,
  { now, added }: { readonly now: Stamp; readonly added: number },
): number => {
  database
    .prepare(
      `UPDATE proxies SET sources = sources - 1
       WHERE key IN (SELECT proxy FROM named WHERE source = ? AND gone = 0 AND last < ?)`,
    )
    .run(key, now);
  const dropped = database
    .prepare('UPDATE named SET gone = 1 WHERE source = ? AND gone = 0 AND last < ?')
    .run(key, now);
  database.prepare('DELETE FROM ranges WHERE source = ?').run(key);
  database.prepare('INSERT INTO ranges (low, high, text, source) SELECT low, high, text, ? FROM stagedRanges').run(key);
  database
    .prepare(
      `UPDATE sources SET added = ?, dropped = ?,
         proxies = (SELECT count(*) FROM named WHERE source = sources.key AND gone = 0) WHERE key = ?`,
    )
    .run(added, Number(dropped.changes), key);
  return Number(dropped.changes);
};

/** Gives the key of a source, new or known, with what is now known of it. */
const enterSource = (database: Database, source: Source, now: Stamp): number => {
  const { name, kind, place: from, way, format, scheme, said } = source;
  database
    .prepare(
      `INSERT INTO sources (name, kind, place, way, format, scheme, said, fetched, proxies, added, dropped)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)
       ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, place = excluded.place, way = excluded.way,
         format = excluded.format, scheme = excluded.scheme, said = excluded.said, fetched = excluded.fetched, trouble = NULL, failures = 0`,
    )
    .run(
      name,
      kind,
      from ?? null,
      way ?? null,
      format,
      scheme ?? null,
      said === undefined ? null : JSON.stringify(said),
      now,
    );
  return Number(database.prepare('SELECT key FROM sources WHERE name = ?').get(name)?.['key']);
};

const numberOf = (database: Database, sql: string): number => Number(database.prepare(sql).get()?.['count'] ?? 0);
