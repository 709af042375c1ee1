/** Takes the readings of a list into the book: one transaction, all or nothing. */

import type { ImportReport, Reading, Rejection, Stamp } from '../model/book.js';
import type { Credentials, Hop } from '../model/hop.js';
import type { Host } from '../model/address.js';
import type { LookUp } from './places.js';
import { type Range, parseRange } from './ranges.js';
import { inBars, partsOf } from './rows.js';
import type { Logins } from './logins.js';
import type { Database, Statement } from './sqlite.js';

/** What a list comes from. */
export interface Source {
  readonly name: string;
  readonly kind: 'file' | 'paste' | 'stdin' | 'url';
  readonly place?: string;
  readonly way?: string;
  readonly format: string;
  readonly scheme?: string;
}

/** What an intake works with. */
export interface IntakeParts {
  readonly database: Database;
  readonly logins: Logins;
  readonly lookUp: LookUp;
  readonly now: Stamp;
  /** Whether an address is blocked by a list of ranges. */
  readonly isBlocked: (host: Host) => boolean;
}

/** A list that is being taken. Nothing of it stays unless `finish` returns. */
export interface Intake {
  readonly take: (readings: readonly Reading[]) => void;
  readonly finish: () => ImportReport;
  readonly abandon: () => void;
}

type Proxy = Extract<Reading, { kind: 'proxy' }>;

/** Begins to take a list. Nobody else writes into the book until it is finished or abandoned. */
export const beginIntake = (parts: IntakeParts, source: Source): Intake => {
  const { database, now } = parts;
  database.exec('BEGIN IMMEDIATE');
  const sourceKey = enterSource(database, source, now);
  database.prepare('DELETE FROM ranges WHERE source = ?').run(sourceKey);
  const shelf = createShelf(parts, sourceKey);
  const counts = { read: 0, added: 0, merged: 0, ranges: 0, assumed: 0 };
  const rejected: Partial<Record<Rejection, number>> = {};
  const reject = (why: Rejection): void => {
    rejected[why] = (rejected[why] ?? 0) + 1;
  };
  const takeOne = (reading: Reading): void => {
    counts.read += 1;
    switch (reading.kind) {
      case 'rejected':
        reject(reading.why);
        return;
      case 'range': {
        const range = parseRange(reading.range);
        if (range === undefined) reject('bad-host');
        else counts.ranges += shelf.block(range, reading.range);
        return;
      }
      case 'proxy':
        if (parts.isBlocked(reading.hop.endpoint.host)) {
          reject('blocked');
          return;
        }
        counts.assumed += reading.assumed ? 1 : 0;
        counts[shelf.put(reading)] += 1;
    }
  };
  return {
    take: (readings) => {
      shelf.keepLogins(readings);
      for (const reading of readings) takeOne(reading);
    },
    finish: () => {
      const dropped = shelf.drop();
      database
        .prepare('UPDATE sources SET proxies = ?, added = ?, dropped = ? WHERE key = ?')
        .run(shelf.count(), counts.added, dropped, sourceKey);
      database.exec('COMMIT');
      return { source: source.name, format: source.format, ...counts, rejected };
    },
    abandon: () => {
      database.exec('ROLLBACK');
    },
  };
};

/** Gives the key of a source, new or known, with what is now known of it. */
const enterSource = (database: Database, source: Source, now: Stamp): number => {
  const { name, kind, place = null, way = null, format, scheme = null } = source;
  database
    .prepare(
      `INSERT INTO sources (name, kind, place, way, format, scheme, fetched, proxies, added, dropped)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0)
       ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, place = excluded.place, way = excluded.way,
         format = excluded.format, scheme = excluded.scheme, fetched = excluded.fetched, trouble = NULL, failures = 0`,
    )
    .run(name, kind, place, way, format, scheme, now);
  return Number(database.prepare('SELECT key FROM sources WHERE name = ?').get(name)?.['key']);
};

/** Puts proxies where they belong. A place without a scheme of its own is one with whatever is known there, in either order. */
const createShelf = ({ database, logins, lookUp, now }: IntakeParts, source: number) => {
  const on = statementsOf(database);
  const marks = new Map<Credentials, string>();
  const markOf = ({ credentials }: Hop): string => (credentials === undefined ? '' : (marks.get(credentials) ?? ''));
  const name = (key: number, hearsay: string | null): void => {
    // A source that names a proxy for the first time, or again after it had dropped it, is one more that has it.
    const known = on.nameAgain.run(now, hearsay, key, source);
    if (known.changes === 1 || known.changes === 1n) return;
    on.name.run(key, source, now, now, hearsay);
    on.countSource.run(now, key);
  };
  const add = (hop: Hop, login: string, assumed: number): number => {
    const { host, port, scheme, options } = partsOf(hop);
    const isName = hop.endpoint.host.kind === 'name';
    const place = isName ? undefined : lookUp(host);
    const country = inBars(place?.country === undefined ? [] : [place.country]);
    const network = inBars(place?.network === undefined ? [] : [place.network]);
    const added = on.add.run(
      ...[host, port, scheme, login, options, assumed, now, now, isName ? null : host],
      ...[country, network, country, network, familyOf(hop.endpoint.host)],
    );
    return Number(added.lastInsertRowid);
  };
  const find = (hop: Hop, login: string, isAssumed: boolean): number | undefined => {
    const { host, port, scheme } = partsOf(hop);
    const row = isAssumed ? on.findAny.get(host, port, login) : on.find.get(host, port, scheme, login);
    if (row !== undefined) return Number(row['key']);
    if (isAssumed) return undefined;
    const guessed = on.findAssumed.get(host, port, login);
    if (guessed === undefined) return undefined;
    on.settle.run(scheme, partsOf(hop).options, guessed['key'] ?? null);
    return Number(guessed['key']);
  };
  return {
    put: ({ hop, assumed, hearsay }: Proxy): 'added' | 'merged' => {
      const login = markOf(hop);
      const said = hearsay === undefined ? null : JSON.stringify(hearsay);
      const known = find(hop, login, assumed);
      if (known !== undefined) {
        name(known, said);
        if (!assumed) on.sure.run(known);
        return 'merged';
      }
      on.name.run(add(hop, login, assumed ? 1 : 0), source, now, now, said);
      return 'added';
    },
    /** Credentials are safe in their own file before the book speaks of them. */
    keepLogins: (readings: readonly Reading[]): void => {
      const fresh = readings.flatMap((reading) =>
        reading.kind === 'proxy' && reading.hop.credentials !== undefined
          ? [[logins.markOf(reading.hop.credentials), reading.hop.credentials] as const]
          : [],
      );
      marks.clear();
      if (fresh.length === 0) return;
      for (const [mark, credentials] of fresh) marks.set(credentials, mark);
      logins.keep(fresh);
    },
    block: ({ low, high }: Range, text: string): number => Number(on.block.run(low, high, text, source).changes),
    /** What this source has named before and does not name any more. */
    drop: (): number => {
      on.uncount.run(source, now);
      return Number(on.drop.run(source, now).changes);
    },
    count: (): number => Number(on.count.get(source)?.['count'] ?? 0),
  };
};

/** Neighbours in a /24 are taken for one family until more is known. */
const familyOf = (host: Host): string | null =>
  host.kind === 'ipv4' ? `net ${host.address.replace(/\.\d+$/, '.0/24')}` : null;

const statementsOf = (database: Database) => {
  const prepare = (sql: string): Statement => database.prepare(sql);
  return {
    find: prepare('SELECT key FROM proxies WHERE host = ? AND port = ? AND scheme = ? AND login = ?'),
    findAny: prepare('SELECT key FROM proxies WHERE host = ? AND port = ? AND login = ? ORDER BY key LIMIT 1'),
    findAssumed: prepare('SELECT key FROM proxies WHERE host = ? AND port = ? AND login = ? AND assumed = 1'),
    settle: prepare('UPDATE proxies SET scheme = ?, options = ?, assumed = 0 WHERE key = ?'),
    sure: prepare('UPDATE proxies SET assumed = 0 WHERE key = ? AND assumed = 1'),
    add: prepare(
      `INSERT INTO proxies (host, port, scheme, login, options, assumed, added, named, address,
         entryCountry, entryNetwork, countries, networks, family) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    name: prepare(
      `INSERT INTO named (proxy, source, first, last, hearsay) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (proxy, source) DO UPDATE SET last = excluded.last, gone = 0, hearsay = coalesce(excluded.hearsay, hearsay)`,
    ),
    nameAgain: prepare(
      'UPDATE named SET last = ?, hearsay = coalesce(?, hearsay) WHERE proxy = ? AND source = ? AND gone = 0',
    ),
    countSource: prepare('UPDATE proxies SET sources = sources + 1, named = ? WHERE key = ?'),
    block: prepare('INSERT OR IGNORE INTO ranges (low, high, text, source) VALUES (?, ?, ?, ?)'),
    uncount: prepare(
      `UPDATE proxies SET sources = sources - 1
       WHERE key IN (SELECT proxy FROM named WHERE source = ? AND gone = 0 AND last < ?)`,
    ),
    drop: prepare('UPDATE named SET gone = 1 WHERE source = ? AND gone = 0 AND last < ?'),
    count: prepare('SELECT count(*) AS count FROM named WHERE source = ? AND gone = 0'),
  };
};
