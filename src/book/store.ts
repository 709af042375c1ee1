/** The book: the one door to its file. */

import type { Host } from '../model/address.js';
import type { Millis } from '../model/brand.js';
import { asKaskadeError } from '../model/error.js';
import { type Credentials, labelHop } from '../model/hop.js';
import type { ImportReport, Reading, Rejection, Stamp } from '../model/book.js';
import { bookError, closeFile, openBeside, openFile } from './file.js';
import { type Source, beginIntake } from './intake.js';
import { type Keeping, createKeeping } from './keep.js';
import { openLogins } from './logins.js';
import { type Looks, createLooks } from './look.js';
import type { Check } from './merge.js';
import type { LookUp } from './places.js';
import { createBlocks } from './ranges.js';
import { type Runs, createRuns } from './runs.js';
import { type Shelving, createShelving } from './shelving.js';
import { type Sources, createSources } from './sources.js';
import type { Database } from './sqlite.js';

/** What a book is opened with. */
export interface BookParts {
  readonly clock: () => Stamp;
  readonly lookUp: LookUp;
  /** Whether an address is this machine's own, as far as that is known; none is where this is missing. */
  readonly isOwn?: (host: Host) => boolean;
  /** How long a write may wait for one of another process, and everything else in this one with it; five seconds where it is missing. */
  readonly patience?: Millis;
}

/** How an import is watched. */
export interface Watch {
  readonly signal?: AbortSignal;
  /** Called after each batch with what was read so far. */
  readonly onRead?: (readings: readonly Reading[]) => void;
  /** Looks at what the list holds before the book has it; nothing is taken where it throws. */
  readonly check?: Check;
}

/** A reading as a book takes it. */
export type Screen = (reading: Reading) => Reading;

/** An open book. Everything throws KaskadeErrors: `book-busy` while somebody else writes, `book-full`, `book-broken`. */
export interface Book extends Looks, Keeping, Shelving {
  readonly sources: Sources;
  readonly runs: Runs;
  /** Takes a whole list, or nothing of it. Rejects with what the readings reject with, or the reason of the signal. */
  readonly take: (readings: AsyncIterable<readonly Reading[]>, source: Source, watch?: Watch) => Promise<ImportReport>;
  /** The credentials of a proxy. */
  readonly credentialsOf: (mark: string) => Credentials | undefined;
  /** Refuses what is blocked now, or this machine's own, of what was read. */
  readonly screen: () => Screen;
  /** Tells of an address whether a list of ranges blocks it now. */
  readonly blocks: () => (host: Host) => boolean;
  /** Changes with every change of the book, by whatever process. */
  readonly version: () => number;
  /** May be called again. */
  readonly close: () => void;
}

/** Opens the book of a folder. Throws as `openFile` does. */
export const openBook = (folder: string, { clock, lookUp, patience, isOwn = () => false }: BookParts): Book => {
  const database = openFile(folder, patience);
  const logins = openLogins(folder);
  let isOpen = true;
  const version = createVersion(database);
  const blocks = createBlockTable(database, version);
  const guard = guarding(folder);
  const screen = (): Screen => screening(isOwn, blocks());
  return {
    ...guard(createLooks(database, clock, version)),
    ...guard(createKeeping(database)),
    ...guard(createShelving(database, logins)),
    sources: guard(createSources(database)),
    runs: guard(createRuns(database, clock)),
    take: (readings, source, watch = {}) => {
      const beside = openBeside(folder);
      const parts = { database: beside, logins, lookUp, now: clock() };
      return takeAll(readings, { parts, source, watch, screen: screen() })
        .catch((thrown: unknown) => {
          throw bookError(thrown, folder);
        })
        .finally(() => {
          beside.close();
        });
    },
    credentialsOf: logins.find,
    screen,
    blocks,
    version,
    close: () => {
      logins.close();
      if (isOpen) closeFile(database);
      isOpen = false;
    },
  };
};

interface Taking {
  readonly parts: Parameters<typeof beginIntake>[0];
  readonly source: Source;
  readonly watch: Watch;
  readonly screen: Screen;
}

const takeAll = async (
  readings: AsyncIterable<readonly Reading[]>,
  { parts, source, screen, watch: { signal, onRead, check } }: Taking,
): Promise<ImportReport> => {
  const intake = beginIntake(parts, source);
  for await (const batch of readings) {
    if (signal?.aborted === true) throw asKaskadeError(signal.reason);
    const screened = batch.map(screen);
    intake.take(screened);
    onRead?.(screened);
  }
  if (signal?.aborted === true) throw asKaskadeError(signal.reason);
  return intake.finish(check);
};

const screening =
  (isOwn: (host: Host) => boolean, isBlocked: (host: Host) => boolean): Screen =>
  (reading) => {
    if (reading.kind !== 'proxy') return reading;
    const { host } = reading.hop.endpoint;
    if (isOwn(host)) return refused(reading, 'own-address');
    return isBlocked(host) ? refused(reading, 'blocked') : reading;
  };

const refused = ({ line, hop }: Extract<Reading, { kind: 'proxy' }>, why: Rejection): Reading => ({
  ...{ kind: 'rejected', line, why },
  text: labelHop(hop),
});

/** SQLite counts what this connection changed; `data_version` changes with what others did. */
const createVersion = (database: Database): (() => number) => {
  const others = database.prepare('PRAGMA data_version');
  const own = database.prepare('SELECT total_changes() AS changes');
  return () => Number(others.get()?.['data_version'] ?? 0) * 1e9 + Number(own.get()?.['changes'] ?? 0);
};

/** The blocked ranges in memory, read again when the book has changed. */
const createBlockTable = (database: Database, version: () => number): (() => (host: Host) => boolean) => {
  const read = database.prepare('SELECT low, high FROM ranges');
  let known: { readonly at: number; readonly blocks: (host: Host) => boolean } | undefined;
  return () => {
    const at = version();
    if (known?.at !== at) {
      const ranges = read.all().map(({ low, high }) => ({ low: String(low), high: String(high) }));
      known = { at, blocks: createBlocks(ranges) };
    }
    return known.blocks;
  };
};

/** Turns what SQLite throws into the program's own words. */
const guarding =
  (folder: string) =>
  <Part extends object>(part: Part): Part => {
    const guarded = Object.entries(part).map(
      ([name, work]: [string, unknown]) =>
        [name, typeof work === 'function' ? guardOne(work as Work, folder) : work] as const,
    );
    return Object.fromEntries(guarded) as Part;
  };

type Work = (...given: readonly unknown[]) => unknown;

const guardOne =
  (work: Work, folder: string): Work =>
  (...given) => {
    try {
      return work(...given);
    } catch (thrown) {
      throw bookError(thrown, folder);
    }
  };
