/** Looks into the book: pages of it, counts, one proxy with everything that is known. */

import { inflateRawSync } from 'node:zlib';
import { type BookEntry, type EntryDetail, type Hearsay, type SortKey, type Stamp, grades } from '../model/book.js';
import type { Filter } from '../model/filter.js';
import { type Endpoint, hostText, parseEndpoint } from '../model/address.js';
import type { Spellings } from '../model/same-place.js';
import { type Dress, createDress } from './dress.js';
import { stretchesOf } from './order.js';
import { hopOf, idOf, parseId, partsOf } from './rows.js';
import type { Database, Row, Statement, Value } from './sqlite.js';
import { type Condition, whereOf } from './where.js';

/** A page that is wanted. */
export interface Wanted {
  readonly filter: Filter;
  readonly sort: SortKey;
  readonly reversed: 'reversed' | 'usual';
  readonly limit: number;
  readonly offset: number;
}

/** What may be asked of a book. */
export interface Looks {
  readonly page: (wanted: Wanted) => readonly BookEntry[];
  readonly count: (filter: Filter) => number;
  /** The key of a proxy by its id, or by a `host:port` or a host that only one has. */
  readonly keyOf: (text: string) => number | undefined;
  /** The keys of all that a person may mean by a text: an id, a hop with or without its login, `host:port`, or a host. */
  readonly named: (text: string) => readonly number[];
  readonly detail: (key: number) => EntryDetail | undefined;
  readonly entry: (key: number) => BookEntry | undefined;
  /** The keys of all proxies at a place, by any of the spellings of its host. */
  readonly at: (spellings: Spellings, port: number) => readonly number[];
  /** The evidence of the last audit of each mode, as it was kept. */
  readonly evidence: (key: number) => readonly { readonly mode: string; readonly at: Stamp; readonly detail: string }[];
  readonly keys: (filter: Filter) => readonly number[];
  /** Every proxy that a filter finds, in pieces; those of one place and scheme, which differ by their logins, follow each other. */
  readonly each: (filter: Filter) => Generator<BookEntry>;
}

/** Looks through a connection. */
export const createLooks = (database: Database, clock: () => Stamp, version: () => number): Looks => {
  const on = statementsOf(database);
  const ask = createAsk(database);
  const count = createCount(ask, version);
  const dress = createDress(database, clock);
  return {
    page: (wanted) => dress(pageOf(wanted, { ask, count }, clock())),
    count: (filter) => count(whereOf(filter, clock())),
    keyOf: (text) => keyOf(on, text),
    named: (text) => named(on, text),
    entry: (key) => {
      const row = on.row.get(key);
      return row && dress([row])[0];
    },
    detail: (key) => {
      const row = on.row.get(key);
      const [entry] = row === undefined ? [] : dress([row]);
      return row && entry && detailOf(row, entry, on);
    },
    at: ({ hosts, prefixes }, port) => [
      ...hosts.flatMap((host) => on.atPlace.all(host, port).map(({ key }) => Number(key))),
      ...prefixes.flatMap((prefix) => on.within.all(prefix, pastAll(prefix), port).map(({ key }) => Number(key))),
    ],
    evidence: (key) =>
      on.details
        .all(key)
        .flatMap(({ mode, at, detail }) =>
          detail instanceof Uint8Array
            ? [{ mode: String(mode), at: Number(at) as Stamp, detail: inflateRawSync(detail).toString('utf8') }]
            : [],
        ),
    keys: (filter) => {
      const { sql, values } = whereOf(filter, clock());
      return ask(`SELECT key FROM proxies WHERE ${sql}`, values).map(({ key }) => Number(key));
    },
    each: (filter) => eachOf(whereOf(filter, clock()), ask, dress),
  };
};

function* eachOf({ sql, values }: Condition, ask: Ask, dress: Dress): Generator<BookEntry> {
  const place = ['host', 'port', 'scheme', 'login'];
  const page = `SELECT * FROM proxies INDEXED BY proxyPlace
    WHERE (${place.join(', ')}) > (?, ?, ?, ?) AND ${sql} ORDER BY ${place.join(', ')} LIMIT 500`;
  for (let last: readonly Value[] = ['', 0, '', '']; ; ) {
    const some = ask(page, [...last, ...values]);
    yield* dress(some);
    const end = some.at(-1);
    if (end === undefined || some.length < 500) return;
    last = place.map((column) => end[column] ?? '');
  }
}

/** The first text behind all that begin with a colon's prefix: a semicolon comes next. */
const pastAll = (prefix: string): string => prefix.replace(/:$/, ';');

type Ask = (sql: string, values: readonly Value[]) => readonly Row[];

/** The last questions stay prepared: a page that is turned asks the same again. */
const createAsk = (database: Database): Ask => {
  const prepared = new Map<string, Statement>();
  return (sql, values) => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    if (prepared.size > 64) prepared.clear();
    prepared.set(sql, statement);
    return statement.all(...values);
  };
};

type Count = (condition: Condition) => number;

/** A count holds until the book has another version: whoever turns pages asks for the same ones over and over. */
const createCount = (ask: Ask, version: () => number): Count => {
  const known = new Map<string, number>();
  let at = -1;
  return ({ sql, values }) => {
    const key = JSON.stringify([sql, ...values], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    if (version() !== at || known.size > 64) known.clear();
    at = version();
    const count =
      known.get(key) ?? Number(ask(`SELECT count(*) AS count FROM proxies WHERE ${sql}`, values)[0]?.['count'] ?? 0);
    known.set(key, count);
    return count;
  };
};

/** Stretch by stretch, so that each is read along its index. */
const pageOf = (
  { filter, sort, reversed, limit, offset }: Wanted,
  { ask, count }: { readonly ask: Ask; readonly count: Count },
  now: Stamp,
): readonly Row[] => {
  const { sql, values } = whereOf(filter, now);
  const found: Row[] = [];
  const stretches = stretchesOf(sort, reversed);
  let skip = offset;
  for (const [index, { where, by }] of stretches.entries()) {
    if (found.length >= limit) break;
    const both = `${where} AND ${sql}`;
    // What lies whole before the page is counted, and not gone through.
    const before = skip > 0 && index < stretches.length - 1 ? count({ sql: both, values }) : undefined;
    if (before !== undefined && before <= skip) {
      skip -= before;
      continue;
    }
    const taken = ask(`SELECT * FROM proxies WHERE ${both} ORDER BY ${by} LIMIT ? OFFSET ?`, [
      ...[...values, limit - found.length, skip],
    ]);
    found.push(...taken);
    skip = 0;
  }
  return found;
};

type Statements = ReturnType<typeof statementsOf>;

const statementsOf = (database: Database) => ({
  row: database.prepare('SELECT * FROM proxies WHERE key = ?'),
  byPlace: database.prepare('SELECT key FROM proxies WHERE host = ? AND port = ? AND scheme = ? AND login = ?'),
  byScheme: database.prepare('SELECT key, login FROM proxies WHERE host = ? AND port = ? AND scheme = ? LIMIT 100'),
  atPlace: database.prepare('SELECT key FROM proxies WHERE host = ? AND port = ?'),
  within: database.prepare('SELECT key FROM proxies WHERE host >= ? AND host < ? AND port = ?'),
  byHost: database.prepare('SELECT key FROM proxies WHERE host = ? LIMIT 2'),
  sources: database.prepare(
    `SELECT name, first, last, hearsay FROM named JOIN sources ON sources.key = named.source
     WHERE proxy = ? AND gone = 0 ORDER BY first, name`,
  ),
  audits: database.prepare('SELECT mode, at, grade, judges FROM audits WHERE proxy = ? ORDER BY at DESC'),
  details: database.prepare('SELECT mode, at, detail FROM audits WHERE proxy = ? AND detail IS NOT NULL'),
  near: database.prepare('SELECT * FROM proxies WHERE host >= ? AND host < ? AND key <> ? LIMIT 20'),
  family: database.prepare('SELECT * FROM proxies WHERE family = ? AND key <> ? LIMIT 20'),
});

const detailOf = (row: Row, entry: BookEntry, on: Statements): EntryDetail => {
  const key = row['key'] ?? null;
  return {
    entry,
    sources: on.sources.all(key).map(({ name, first, last, hearsay }) => ({
      ...{ name: String(name), first: Number(first) as Stamp, last: Number(last) as Stamp },
      ...(typeof hearsay === 'string' ? { hearsay: JSON.parse(hearsay) as Hearsay } : {}),
    })),
    audits: on.audits.all(key).map(({ mode, at, grade }) => ({
      ...{ at: Number(at) as Stamp, mode: mode === 'forward' ? 'forward' : 'tunnel' },
      grade: grades[Number(grade) - 1] ?? 'hostile',
    })),
    family: relativesOf(row, on).map((other) => idOf(hopOf(other), String(other['login']))),
  };
};

/** Those with the same exit, the same key of TLS, or an entry in the same /24. */
const relativesOf = (row: Row, on: Statements): readonly Row[] => {
  const [key, family] = [row['key'] ?? null, row['family'] ?? null];
  const block = /^(\d+\.\d+\.\d+\.)\d+$/.exec(String(row['host']))?.[1];
  const near = block === undefined ? [] : on.near.all(block, block.replace(/\.$/, '/'), key);
  const same = family === null ? [] : on.family.all(family, key);
  return [...new Map([...same, ...near].map((other) => [other['key'], other])).values()];
};

const keyOf = (on: Statements, text: string): number | undefined => {
  const id = parseId(text);
  if (id !== undefined) return exactly(on, id);
  const keys = named(on, text);
  return keys.length === 1 ? keys[0] : undefined;
};

const exactly = (on: Statements, { hop, login }: NonNullable<ReturnType<typeof parseId>>): number | undefined => {
  const { host, port, scheme } = partsOf(hop);
  return numberIn(on.byPlace.get(host, port, scheme, login));
};

const named = (on: Statements, text: string): readonly number[] => {
  const id = parseId(text);
  if (id === undefined) {
    const endpoint = endpointIn(text);
    const rows =
      endpoint === undefined
        ? on.byHost.all(text.replace(/^\[(.*)\]$/, '$1'))
        : on.atPlace.all(hostText(endpoint.host), endpoint.port);
    return rows.map(({ key }) => Number(key));
  }
  const { credentials } = id.hop;
  const key = credentials === undefined ? exactly(on, id) : undefined;
  if (key !== undefined) return [key];
  const { host, port, scheme } = partsOf(id.hop);
  // Which login a mark stands for is not known here: whoever writes one means one of those that have one.
  const logins = id.login === '' ? on.byScheme.all(host, port, scheme) : [];
  return logins.filter(({ login }) => credentials === undefined || login !== '').map((row) => Number(row['key']));
};

const endpointIn = (text: string): Endpoint | undefined => {
  try {
    return parseEndpoint(text);
  } catch {
    return undefined;
  }
};

const numberIn = (row: Row | undefined): number | undefined => (row === undefined ? undefined : Number(row['key']));
