/** The home's book as routes are drawn from it: who is in it, and who may not pass by whatever name. */

import { parseHost } from '../model/address.js';
import type { BookEntry, Stamp } from '../model/book.js';
import { type ProxyId, asProxy } from '../model/cascade.js';
import { type Candidate, type Catalog, type First, type Sample, evenly, mayPass } from '../model/catalog.js';
import { match } from '../model/filter-match.js';
import type { Filter } from '../model/filter.js';
import { spellingsOf } from '../model/same-place.js';
import { parseId } from '../book/rows.js';
import type { Book } from '../book/store.js';
import type { HomeBook } from './book.js';

/** The book as a catalog. What was asked of one proxy is remembered until the book changes. */
export const createCatalog = ({ open, exists }: HomeBook): Catalog => {
  const known = new Map<ProxyId, Candidate | undefined>();
  let knownAt = 0;
  const version = (): number => (exists() ? open().version() : 0);
  return {
    version,
    candidates: (filter) => (exists() ? allOf(bothOf(released, filter), open()) : []),
    means: (filter, id) => exists() && meansIn(open(), filter, id),
    sample: (filter, most) => (exists() ? sampleOf(filter, most, open()) : { some: [], all: 0 }),
    entry: (id) => {
      const at = version();
      if (at === 0) return undefined;
      if (at !== knownAt || known.size > 1_000) known.clear();
      knownAt = at;
      if (!known.has(id)) known.set(id, entryIn(open(), id));
      return known.get(id);
    },
    isBarred: (first) => exists() && !mayPass(standsAt(first, open())),
  };
};

const entryIn = (book: Book, id: ProxyId): Candidate | undefined => {
  const key = book.keyOf(id);
  if (key !== undefined) return byKey(key, book);
  const named = parseId(id);
  return named && standsAt({ ...named.hop.endpoint, scheme: named.hop.scheme }, book);
};

/** Who speaks for a place: those of the scheme, first one that may not pass; where there are none, whoever else may not. */
const standsAt = ({ host, port, scheme }: First, book: Book): Candidate | undefined => {
  const all = book.at(spellingsOf(host), port).flatMap((key) => byKey(key, book) ?? []);
  const same = all.filter(({ proxy }) => proxy.hop.scheme === scheme);
  return (same.length === 0 ? all : same).find((candidate) => !mayPass(candidate)) ?? same[0];
};

const byKey = (key: number, book: Book): Candidate | undefined => {
  const entry = book.entry(key);
  return entry && candidateOf(entry, book);
};

const clock = (): Stamp => Date.now() as Stamp;

const released: Filter = { kind: 'test', field: 'shelf', op: '=', value: 'released' };

const bothOf = (one: Filter, other: Filter): Filter => {
  if (other.kind === 'all') return one;
  return { kind: 'and', parts: [one, ...(other.kind === 'and' ? other.parts : [other])] };
};

function* allOf(filter: Filter, book: Book): Generator<Candidate> {
  const isBlocked = book.blocks();
  for (const entry of book.each(filter)) {
    const candidate = match(filter, entry, clock()) ? candidateOf(entry, book, isBlocked) : undefined;
    if (candidate?.blocked === false) yield candidate;
  }
}

const meansIn = (book: Book, filter: Filter, id: ProxyId): boolean => {
  const key = book.keyOf(id);
  const entry = key === undefined ? undefined : book.entry(key);
  return entry !== undefined && match(filter, entry, clock()) && mayPass(candidateOf(entry, book));
};

/** A look at each of a large book would hold up whoever else is served. */
const sampleOf = (filter: Filter, most: number, book: Book): Sample => {
  const keys = book.keys(filter);
  return { some: evenly(keys, most).flatMap((key) => byKey(key, book) ?? []), all: keys.length };
};

const candidateOf = (entry: BookEntry, book: Book, isBlocked = book.blocks()): Candidate => {
  const credentials = entry.login ? book.credentialsOf(markIn(entry.id)) : undefined;
  const hop = credentials === undefined ? entry.hop : { ...entry.hop, credentials };
  const addresses = [entry.entry?.address, ...entry.exits.map(({ address }) => address)];
  return {
    ...entry,
    proxy: { ...asProxy(hop, entry.sources[0] ?? 'book'), id: entry.id },
    blocked: addresses.some((address) => address !== undefined && isBlocked(parseHost(address))),
  };
};

/** The mark of the login that an id speaks of. */
const markIn = (id: ProxyId): string => id.split('#')[1] ?? '';
