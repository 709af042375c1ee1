/** Books for tests: a folder that goes with the test, lists as texts, and a clock that is moved by hand. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Filter } from '../../src/model/filter.js';
import { parseFilter } from '../../src/model/filter-text.js';
import type { BookEntry, ImportReport, Place, SortKey, Stamp } from '../../src/model/book.js';
import type { Source } from '../../src/book/intake.js';
import { readList } from '../../src/book/read.js';
import { type Book, type BookParts, openBook } from '../../src/book/store.js';

/** A folder that is removed when the test has ended. */
export const scratchFolder = (context: Pick<TestContext, 'after'>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'kaskade-book-'));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
};

/** A moment that tests begin at. */
export const start = 1_790_000_000_000 as Stamp;

/** The country of an address by its first number, so that tests know it: 11 is AA, 12 is AB … */
const lookUp = (address: string): Place => {
  const first = Number(address.split('.')[0]) - 11;
  return !(first >= 0 && first < 26) ? { address } : { address, country: `A${String.fromCharCode(65 + first)}` };
};

/** A book and the hand on its clock. */
export interface TestBook {
  readonly book: Book;
  readonly pass: (span: number) => void;
  readonly now: () => Stamp;
}

/** Opens the book of a folder. */
export const bookIn = (folder: string, at: Stamp = start, parts: Partial<BookParts> = {}): TestBook => {
  let now: number = at;
  const clock = (): Stamp => now as Stamp;
  return {
    book: openBook(folder, { clock, lookUp, ...parts }),
    pass: (span) => {
      now += span;
    },
    now: clock,
  };
};

/** A book in a folder of its own, closed with the test. */
export const freshBook = (context: Pick<TestContext, 'after'>): TestBook & { readonly folder: string } => {
  const folder = scratchFolder(context);
  const opened = bookIn(folder);
  context.after(opened.book.close);
  return { ...opened, folder };
};

/** Takes a list that is written as text. */
export const takeText = async (
  book: Book,
  text: string,
  source: Partial<Source> = {},
  options: Parameters<typeof readList>[1] = {},
): Promise<ImportReport> => {
  const chunks = (async function* () {
    await Promise.resolve();
    yield Buffer.from(text);
  })();
  const list = await readList(chunks, options, { signal: new AbortController().signal });
  return book.take(list.batches, { name: 'list', kind: 'paste', format: list.format, ...source });
};

/** Everything that a filter finds, in an order. */
export const pageOf = (book: Book, filter = '', sort: SortKey = 'address'): readonly BookEntry[] =>
  book.page({ filter: filterOf(filter), sort, reversed: 'usual', limit: 100_000, offset: 0 });

/** A filter as text; nothing is everything. */
export const filterOf = (text: string): Filter => (text === '' ? { kind: 'all' } : parseFilter(text));

/** The ids of what a filter finds. */
export const idsOf = (book: Book, filter = ''): readonly string[] => pageOf(book, filter).map(({ id }) => id);

/** The key of a proxy that is there. */
export const keyOf = (book: Book, text: string): number => {
  const key = book.keyOf(text);
  if (key === undefined) throw new Error(`${text} is not in the book`);
  return key;
};
