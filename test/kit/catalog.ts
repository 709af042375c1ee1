/** A book in memory that a test fills and changes. */

import type { BookEntry } from '../../src/model/book.js';
import { type ProxyId, asProxy } from '../../src/model/cascade.js';
import { type Candidate, type Catalog, barOf, evenly, mayPass } from '../../src/model/catalog.js';
import { match } from '../../src/model/filter-match.js';
import type { Filter } from '../../src/model/filter.js';
import { today } from './entries.js';

/** A catalog whose proxies a test can take away, put into quarantine, or block. */
export interface TestCatalog extends Catalog {
  /** Takes these for all that there is. */
  readonly swap: (entries: readonly BookEntry[], blocked?: ReadonlySet<string>) => void;
  /** How often candidates were asked for. */
  readonly asked: () => number;
}

/** A catalog of these proxies. */
export const createCatalog = (entries: readonly BookEntry[], blocked: ReadonlySet<string> = new Set()): TestCatalog => {
  let all: readonly (readonly [BookEntry, Candidate])[] = [];
  let byId = new Map<ProxyId, Candidate>();
  let version = 0;
  let asked = 0;
  const swap: TestCatalog['swap'] = (next, nextBlocked = new Set()) => {
    version += 1;
    all = next.map((entry) => [
      entry,
      { ...entry, proxy: asProxy(entry.hop, 'book'), blocked: nextBlocked.has(entry.id) },
    ]);
    byId = new Map(all.map(([{ id }, candidate]) => [id, candidate]));
  };
  const meant = (filter: Filter, isThere: (candidate: Candidate) => boolean): readonly Candidate[] =>
    all.flatMap(([entry, candidate]) => (isThere(candidate) && match(filter, entry, today) ? [candidate] : []));
  const isFree = (candidate: Candidate): boolean => {
    const bar = barOf(candidate);
    return bar === undefined || bar === 'hostile';
  };
  swap(entries, blocked);
  return {
    swap,
    asked: () => asked,
    version: () => version,
    candidates: (filter) => {
      asked += 1;
      return meant(filter, isFree);
    },
    means: (filter, id) => meant(filter, (candidate) => mayPass(candidate) && candidate.proxy.id === id).length > 0,
    sample: (filter, most) => {
      const found = meant(filter, () => true);
      return { some: evenly(found, most), all: found.length };
    },
    entry: (id) => byId.get(id),
    isBarred: () => false,
  };
};
