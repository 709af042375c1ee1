/** Takes the readings of a list into the book: they are laid out beside it first, and put in their places in one step, all or nothing. */

import type { ImportReport, Place, Reading, Rejection, Stamp } from '../model/book.js';
import type { Credentials } from '../model/hop.js';
import type { Logins } from './logins.js';
import { type Check, type Merged, mergeStage, stageTable } from './merge.js';
import type { LookUp } from './places.js';
import { parseRange } from './ranges.js';
import { partsOf } from './rows.js';
import type { Database, Value } from './sqlite.js';

/** What a list comes from. */
export interface Source {
  readonly name: string;
  readonly kind: 'file' | 'paste' | 'stdin' | 'url';
  readonly place?: string;
  readonly way?: string;
  readonly format: string;
  readonly scheme?: string;
  /** What the user has said of how it is to be read; it holds for every further time. */
  readonly said?: Said;
}

/** How a list is to be read. */
export interface Said {
  readonly format?: string;
  readonly scheme?: string;
  readonly privates?: true;
}

/** What an intake works with. */
export interface IntakeParts {
  /** A connection of its own: nobody else uses it meanwhile. */
  readonly database: Database;
  readonly logins: Logins;
  readonly lookUp: LookUp;
  readonly now: Stamp;
}

/** A list that is being taken. Nothing of it is in the book before `finish` returns. */
export interface Intake {
  readonly take: (readings: readonly Reading[]) => void;
  /** Puts it into the book, unless `check` throws. */
  readonly finish: (check?: Check) => ImportReport;
}

type Proxy = Extract<Reading, { kind: 'proxy' }>;

/** Begins to take a list. The book can be read and written meanwhile; only `finish` needs it for itself. */
export const beginIntake = (parts: IntakeParts, source: Source): Intake => {
  const stage = createStage(parts);
  const counts = { read: 0, ranges: 0, assumed: 0 };
  const rejected: Partial<Record<Rejection, number>> = {};
  const reject = (why: Rejection): void => {
    rejected[why] = (rejected[why] ?? 0) + 1;
  };
  const takeOne = (reading: Reading): void => {
    counts.read += 1;
    if (reading.kind === 'rejected') reject(reading.why);
    else if (reading.kind === 'range') {
      if (stage.block(reading.range)) counts.ranges += 1;
      else reject('bad-host');
    } else {
      counts.assumed += reading.assumed ? 1 : 0;
      stage.put(reading);
    }
  };
  return {
    take: (readings) => {
      stage.keepLogins(readings);
      for (const reading of readings) takeOne(reading);
    },
    finish: (check) => {
      const merged: Merged = stage.merge(source, check);
      return { source: source.name, format: source.format, ...counts, ...merged, rejected };
    },
  };
};

/** So many rows are handed to SQLite at a time: the call itself costs more than a row. */
const rowsAtOnce = 40;
const columns = 10;

const rowOf = ({ hop, assumed, hearsay }: Proxy, login: string, lookUp: LookUp): readonly Value[] => {
  const { host, port, scheme, options } = partsOf(hop);
  const isName = hop.endpoint.host.kind === 'name';
  const { country, network } = isName ? nowhere : lookUp(host);
  return [
    ...[host, port, scheme, login, options, assumed ? 1 : 0, isName ? 1 : 0],
    ...[country === undefined ? '' : `|${country}|`, network === undefined ? '' : `|${network}|`],
    hearsay === undefined ? null : JSON.stringify(hearsay),
  ];
};

const nowhere: Place = { address: '' };

const createStage = ({ database, logins, lookUp, now }: IntakeParts) => {
  database.exec(stageTable);
  const row = `(${'?, '.repeat(columns - 1)}?)`;
  const many = database.prepare(`INSERT INTO stage VALUES ${`${row}, `.repeat(rowsAtOnce - 1)}${row}`);
  const one = database.prepare(`INSERT INTO stage VALUES ${row}`);
  const range = database.prepare('INSERT OR IGNORE INTO stagedRanges VALUES (?, ?, ?)');
  let waiting: Value[] = [];
  const marks = new Map<Credentials, string>();
  const flush = (): void => {
    for (let at = 0; at < waiting.length; at += columns) one.run(...waiting.slice(at, at + columns));
    waiting = [];
  };
  return {
    put: (proxy: Proxy): void => {
      const { credentials } = proxy.hop;
      const login = credentials === undefined ? '' : (marks.get(credentials) ?? '');
      waiting.push(...rowOf(proxy, login, lookUp));
      if (waiting.length < rowsAtOnce * columns) return;
      many.run(...waiting);
      waiting = [];
    },
    /** Tells whether it is a range at all. */
    block: (text: string): boolean => {
      const found = parseRange(text);
      if (found !== undefined) range.run(found.low, found.high, text);
      return found !== undefined;
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
    merge: (source: Source, check?: Check): Merged => {
      flush();
      return mergeStage(database, { source, now, ...(check === undefined ? {} : { check }) });
    },
  };
};
