/** The book as views see it: rows are read when they come into sight, and read again when the book has changed. */

import type { BookEntry, EntryDetail, SortKey } from '../model/book.js';
import type { ProxyId } from '../model/cascade.js';
import { asKaskadeError } from '../model/error.js';
import { explain } from '../model/failure.js';
import type { BookDesk, SourceView } from '../engine/controller.js';

/** Which rows are wanted, in which order. */
export interface ShelfQuery {
  readonly filter: string;
  readonly sort: SortKey;
  readonly reverse: boolean;
}

/** The rows of a query; only those that are asked for are read. */
export interface ShelfRows {
  readonly length: number;
  readonly at: (index: number) => BookEntry | undefined;
  /** Where a proxy is, if it is among the rows that were read. */
  readonly find: (id: ProxyId) => number | undefined;
  /** Why there are no rows: a filter that is not understood, a book that cannot be read. */
  readonly trouble?: string;
}

/** The book while somebody looks at it. Nothing here throws. */
export interface Shelf {
  readonly rows: (query: ShelfQuery) => ShelfRows;
  readonly detail: (id: ProxyId) => EntryDetail | undefined;
  readonly sources: () => readonly SourceView[];
}

/** Rows are read so many at a time. */
const pageRows = 128;
const mostPages = 16;
const mostQueries = 8;

/** A shelf over a desk. What was read is kept until the book has another version. */
export const createShelf = (book: () => BookDesk): Shelf => {
  let version: number | undefined;
  const queries = new Map<string, ShelfRows>();
  const details = new Map<ProxyId, EntryDetail | undefined>();
  let sources: readonly SourceView[] | undefined;
  const desk = (): BookDesk => {
    const now = book().version();
    if (now !== version) {
      queries.clear();
      details.clear();
      sources = undefined;
    }
    version = now;
    return book();
  };
  return {
    rows: (query) => {
      try {
        const key = JSON.stringify([query.filter, query.sort, query.reverse]);
        const known = (desk(), queries.get(key));
        const rows = known ?? rowsOf(desk(), query);
        if (queries.size >= mostQueries) queries.clear();
        queries.set(key, rows);
        return rows;
      } catch (thrown) {
        return { length: 0, at: () => undefined, find: () => undefined, trouble: sentenceOf(thrown) };
      }
    },
    detail: (id) => {
      try {
        const open = desk();
        if (!details.has(id)) details.set(id, open.find(id));
        return details.get(id);
      } catch {
        return undefined;
      }
    },
    sources: () => {
      try {
        const open = desk();
        return (sources ??= open.sources());
      } catch {
        return [];
      }
    },
  };
};

const sentenceOf = (thrown: unknown): string => explain(asKaskadeError(thrown).failure).sentence;

/** Throws what the desk throws. */
const rowsOf = (desk: BookDesk, { filter, sort, reverse }: ShelfQuery): ShelfRows => {
  const length = desk.count(filter);
  const pages = new Map<number, readonly BookEntry[]>();
  const pageAt = (number: number): readonly BookEntry[] => {
    const known = pages.get(number);
    if (known !== undefined) return known;
    const read = desk.list({ filter, sort, descending: reverse, limit: pageRows, offset: number * pageRows });
    if (pages.size >= mostPages) pages.clear();
    pages.set(number, read);
    return read;
  };
  return {
    length,
    at: (index) => {
      try {
        return index < 0 || index >= length ? undefined : pageAt(Math.floor(index / pageRows))[index % pageRows];
      } catch {
        return undefined;
      }
    },
    find: (id) => {
      for (const [number, entries] of pages) {
        const within = entries.findIndex((entry) => entry.id === id);
        if (within !== -1) return number * pageRows + within;
      }
      return undefined;
    },
  };
};
