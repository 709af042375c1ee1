/** The home's book: opened on the first use, and as routes are drawn from it. */

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseHost } from '../model/address.js';
import type { Place, Stamp } from '../model/book.js';
import type { ProxyId } from '../model/cascade.js';
import type { Candidate, Catalog } from '../model/catalog.js';
import { type Millis, millis } from '../model/brand.js';
import { asKaskadeError } from '../model/error.js';
import { explain } from '../model/failure.js';
import { type Known, type Locality, knownByAddress } from '../model/rating.js';
import type { HopHealth } from '../model/standing.js';
import { bookPath } from '../book/file.js';
import { type LookUp, lookUpCountries, lookUpFiles } from '../book/places.js';
import { type Book, openBook } from '../book/store.js';
import { keepGuards } from '../config/health-file.js';
import type { Book as Routes } from '../route/drawing.js';
import { createGuards, parseGuards } from '../route/guards.js';
import { createCatalog } from './catalog.js';
import { createOwn } from './own-addresses.js';

/** A book that is opened when somebody needs it. */
export interface HomeBook {
  /** Throws `book-broken`, `book-newer` or `home-unusable`. */
  readonly open: () => Book;
  /** Whether there is one: nobody who only serves makes a book. */
  readonly exists: () => boolean;
  readonly close: () => void;
}

const clock = (): Stamp => Date.now() as Stamp;

/** What settings say of the book. */
export interface BookSettings {
  readonly 'book.tables': readonly string[];
  readonly 'audit.own': readonly string[];
}

/** The book beside a settings file. */
export const homeBook = (settingsPath: string, settings: () => BookSettings, patience?: Millis): HomeBook => {
  const folder = dirname(settingsPath);
  let book: Book | undefined;
  return {
    open: () =>
      (book ??= openBook(folder, {
        ...{ clock, lookUp: lookUpFor(settings()['book.tables']), isOwn: ownBy(settings).has },
        ...(patience === undefined ? {} : { patience }),
      })),
    exists: () => book !== undefined || existsSync(bookPath(folder)),
    close: () => {
      book?.close();
      book = undefined;
    },
  };
};

const ownBy = (settings: () => BookSettings) => createOwn(() => settings()['audit.own']);

/** Files of the user say more than the table that comes along, and are asked first. */
export const lookUpFor = (tables: readonly string[]): LookUp =>
  tables.length === 0 ? lookUpCountries() : lookUpFiles(tables, lookUpCountries());

/** What an engine draws routes from, and how that ends. */
export interface RouteBook {
  readonly routes: Routes;
  /** Where proxies are, by the book, else by the tables. */
  readonly known: Known;
  /** Notes how proxies of the book have done in the last ten minutes. Never throws. */
  readonly note: (hops: readonly HopHealth[]) => void;
  /** The sources that are to be fetched again now, the longest waiting first. Never throws. */
  readonly due: () => readonly string[];
  /** Why there is no book, where there was one. */
  readonly trouble?: string;
  /** Keeps the stable entries, and closes the book. */
  readonly close: () => Promise<void>;
}

/** The book beside a settings file, for an engine. */
export const openRouteBook = (settingsPath: string, settings: () => BookSettings): RouteBook => {
  // Sessions wait for nobody who writes: what cannot be noted now is noted the next time.
  const home = homeBook(settingsPath, settings, millis(0));
  const keepsake = keepGuards(settingsPath);
  const saved = parseGuards(keepsake.read());
  const guards = createGuards({ random: Math.random, wallClock: clock, saved });
  const catalog = createCatalog(home);
  const trouble = troubleOf(home);
  return {
    ...(trouble === undefined ? {} : { trouble }),
    routes: { catalog, guards, own: ownBy(settings).all },
    known: knownIn(catalog, lookUpFor(settings()['book.tables'])),
    note: (hops) => {
      noteIn(home, hops);
    },
    due: () => dueIn(home),
    close: () => {
      const all = guards.save();
      // Another process may have kept others in the meantime.
      if (JSON.stringify(all) !== JSON.stringify(saved)) keepsake.write(JSON.stringify(all));
      home.close();
      return Promise.resolve();
    },
  };
};

/** So many cells of two minutes are ten minutes. */
const lately = 5;

/** One try for each that gave any evidence lately, as health has judged it: good while it is up or slow. */
const noteIn = ({ exists, open }: HomeBook, hops: readonly HopHealth[]): void => {
  try {
    if (!exists()) return;
    const book = open();
    const outcomes = hops.flatMap(({ proxy, standing, recent, exchange: { p50 } }) => {
      const key =
        standing === 'unknown' || recent.slice(-lately).every((cell) => cell === null) ? undefined : book.keyOf(proxy);
      if (key === undefined) return [];
      const good = standing === 'up' || standing === 'slow';
      return [{ key, at: clock(), good, ...(p50 === undefined || p50 === 'beyond' ? {} : { latency: p50 }) }];
    });
    if (outcomes.length > 0) book.tried(outcomes);
  } catch {
    // Somebody else writes, or the disk is full: the next ten minutes tell as much.
  }
};

const dueIn = ({ exists, open }: HomeBook): readonly string[] => {
  try {
    const sources = exists() ? open().sources.all() : [];
    return sources
      .flatMap(({ name, nextFetch }) => (nextFetch === undefined || nextFetch > clock() ? [] : [{ name, nextFetch }]))
      .sort((one, other) => one.nextFetch - other.nextFetch)
      .map(({ name }) => name);
  } catch {
    // A book that cannot be read is told of elsewhere.
    return [];
  }
};

/** Opens the book where there is one; sessions need to hear of it when that cannot be done. */
const troubleOf = ({ exists, open }: HomeBook): string | undefined => {
  try {
    if (exists()) open();
    return undefined;
  } catch (thrown) {
    const { sentence, hint } = explain(asKaskadeError(thrown).failure);
    return `${sentence} ${hint}`;
  }
};

const knownIn = (catalog: Catalog, lookUp: LookUp): Known => ({
  ...knownByAddress,
  locality: (proxy) => {
    const { host } = proxy.hop.endpoint;
    const entry = entryIn(catalog, proxy.id);
    const exits = entry?.exits ?? [];
    const own = entry?.entry ?? (host.kind === 'name' ? undefined : lookUp(host.address));
    return { ...placeIn(exits[0] ?? own), addresses: [host, ...exits.map(({ address }) => parseHost(address))] };
  },
  auditedDaysAgo: ({ id }) => {
    const entry = entryIn(catalog, id);
    const last = Math.max(entry?.tunnel?.at ?? 0, entry?.forward?.at ?? 0);
    return last === 0 ? undefined : (clock() - last) / 86_400_000;
  },
});

/** Who only looks is told nothing where the book cannot be read. */
const entryIn = (catalog: Catalog, id: ProxyId): Candidate | undefined => {
  try {
    return catalog.entry(id);
  } catch {
    return undefined;
  }
};

const placeIn = (place: Place | undefined): Pick<Locality, 'country' | 'network'> => ({
  ...(place?.country === undefined ? {} : { country: place.country }),
  ...(place?.network === undefined ? {} : { network: place.network }),
});
