/** Where somebody is in the book: filter, order, marks; and which proxies a key is meant for. */

import type { BookEntry, SortKey } from '../model/book.js';
import type { ProxyId } from '../model/cascade.js';
import type { Selection } from '../engine/controller.js';
import type { Look, Model } from './page.js';
import type { ShelfQuery, ShelfRows } from './shelf.js';
import { type Items, type Place, chosenIndex, startPlace } from './window.js';

/** Marks of single proxies, or of everything that the filter finds. */
export type Marks = ReadonlySet<ProxyId> | 'all';

/** Where somebody is in the book. */
export interface BookState extends ShelfQuery {
  readonly place: Place;
  readonly marks: Marks;
}

/** Everything, the best first. */
export const startBook: BookState = {
  ...{ filter: '', sort: 'rank', reverse: false },
  ...{ place: startPlace, marks: new Set() },
};

/** In the order in which one key goes through them. */
export const sortKeys: readonly SortKey[] = [
  ...(['rank', 'address', 'scheme', 'country', 'grade'] as const),
  ...(['availability', 'latency', 'exit', 'sources', 'age'] as const),
];

/** A model with another state of the book page; what is marked by a filter that changes is marked no longer. */
export const withBook = (model: Model, change: Partial<BookState>): Model => {
  const isOther = change.filter !== undefined && change.filter !== model.book.filter;
  const fresh = isOther && model.book.marks === 'all' ? { marks: startBook.marks } : {};
  return { ...model, book: { ...model.book, ...fresh, ...change } };
};

/** The rows of the page. */
export const rowsIn = ({ book: { filter, sort, reverse } }: Model, { shelf }: Look): ShelfRows =>
  shelf.rows({ filter, sort, reverse });

/** The same as a list with a window. */
export const itemsIn = (model: Model, look: Look): Items<BookEntry> => {
  const rows = rowsIn(model, look);
  return { ...rows, key: ({ id }) => id, find: (key) => rows.find(key as ProxyId) };
};

/** The proxy that is chosen on this page. */
export const chosenEntry = (model: Model, look: Look): BookEntry | undefined => {
  const items = itemsIn(model, look);
  return items.at(chosenIndex(items, model.book.place));
};

/** Whom a key is meant for: what is marked, else the chosen one; undefined where there is nobody. */
export const selectionIn = (model: Model, look: Look): Selection | undefined => {
  const { marks, filter } = model.book;
  if (marks === 'all') return { filter };
  if (marks.size > 0) return { ids: [...marks] };
  const chosen = chosenEntry(model, look);
  return chosen && { ids: [chosen.id] };
};

/** How many that are. */
export const selectedCount = (model: Model, look: Look): number => {
  const { marks } = model.book;
  if (marks === 'all') return rowsIn(model, look).length;
  return marks.size > 0 ? marks.size : Math.min(1, rowsIn(model, look).length);
};
