/** The sources of the book: where each list came from, how fresh it is, and when it is to be fetched again. */

import type { Millis } from '../model/brand.js';
import type { Stamp } from '../model/book.js';
import type { Said, Source } from './intake.js';
import type { Database, Row } from './sqlite.js';

/** A source as it is known. */
export interface KnownSource extends Source {
  readonly fetched: Stamp;
  /** Blocked ranges that it names. */
  readonly ranges: number;
  readonly proxies: number;
  readonly added: number;
  readonly dropped: number;
  readonly every?: Millis;
  readonly etag?: string;
  readonly modified?: string;
  /** Why the last fetch was not taken. */
  readonly trouble?: string;
  /** Fetches in a row that failed, and when the next one is due. */
  readonly failures: number;
  readonly nextFetch?: Stamp;
}

/** What a fetch leaves behind for the next one; what is missing is forgotten. */
export interface Fetched {
  readonly etag?: string;
  readonly modified?: string;
  readonly trouble?: string;
  readonly failures: number;
  readonly nextFetch?: Stamp;
  readonly every?: Millis;
  /** When it came, though nothing of it had changed. */
  readonly fetched?: Stamp;
}

/** The sources of a book. */
export interface Sources {
  readonly all: () => readonly KnownSource[];
  readonly find: (name: string) => KnownSource | undefined;
  readonly note: (name: string, fetched: Fetched) => void;
}

const select = 'SELECT *, (SELECT count(*) FROM ranges WHERE source = sources.key) AS ranges FROM sources';

/** Sources through a connection. */
export const createSources = (database: Database): Sources => {
  const all = database.prepare(`${select} ORDER BY name`);
  const find = database.prepare(`${select} WHERE name = ?`);
  const note = database.prepare(
    'UPDATE sources SET etag = ?, modified = ?, trouble = ?, failures = ?, nextFetch = ?, every = ?, fetched = coalesce(?, fetched) WHERE name = ?',
  );
  return {
    all: () => all.all().map(sourceOf),
    find: (name) => {
      const row = find.get(name);
      return row && sourceOf(row);
    },
    note: (
      name,
      { etag = null, modified = null, trouble = null, failures, nextFetch = null, every = null, fetched = null },
    ) => {
      note.run(etag, modified, trouble, failures, nextFetch, every, fetched, name);
    },
  };
};

const sourceOf = (row: Row): KnownSource => ({
  ...{ name: String(row['name']), kind: String(row['kind']) as Source['kind'], format: String(row['format']) },
  ...{
    fetched: Number(row['fetched']) as Stamp,
    ranges: Number(row['ranges']),
    proxies: Number(row['proxies']),
    added: Number(row['added']),
  },
  ...{ dropped: Number(row['dropped']), failures: Number(row['failures']) },
  ...texts(row, ['place', 'way', 'scheme', 'etag', 'modified', 'trouble']),
  ...(typeof row['said'] === 'string' ? { said: JSON.parse(row['said']) as Said } : {}),
  ...(row['every'] === null ? {} : { every: Number(row['every']) as Millis }),
  ...(row['nextFetch'] === null ? {} : { nextFetch: Number(row['nextFetch']) as Stamp }),
});

const texts = (row: Row, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.flatMap((name) => (typeof row[name] === 'string' ? [[name, row[name]]] : [])));
