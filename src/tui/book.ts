/** Page 4: the proxies of the book, as many as there are, with what is known of each. */

import { bookAuditKeys } from './auditing.js';
import {
  selectedCount,
  chosenEntry,
  itemsIn,
  rowsIn,
  selectionIn,
  sortKeys,
  startBook,
  withBook,
} from './book-state.js';
import { entryLine, headingLine } from './book-table.js';
import { beginImport } from './importing.js';
import { type Line, type Size, emptyLine, span } from './line.js';
import type { KeyRow, Look, Model, Order, Page, Step } from './page.js';
import { choose, clean, clip, wrap } from './text.js';
import { suggestionsFor } from './typing.js';
import { chosenIndex, inSight, move } from './window.js';

const view = (model: Model, look: Look, size: Size): readonly Line[] => {
  const items = itemsIn(model, look);
  const { marks, place } = model.book;
  const window = inSight(items, place, Math.max(1, size.rows - 2));
  return [
    statusLine(model, look, size.columns),
    headingLine(size.columns),
    ...window.items.map((entry, row) => {
      const isMarked = marks === 'all' || marks.has(entry.id);
      const line = entryLine(entry, size.columns, { now: look.today, isMarked });
      return window.top + row === window.chosen ? choose(line, size.columns) : line;
    }),
    ...(items.length === 0 ? nothing(model, look, size) : []),
  ];
};

const nothing = (model: Model, look: Look, { columns }: Size): readonly Line[] => {
  const { trouble } = rowsIn(model, look);
  const text =
    trouble ??
    (model.book.filter === ''
      ? 'The book is empty. Press i to take a list into it: a file, a URL, or what you paste. Nothing of it gets traffic before you release it.'
      : 'Nothing in the book fits. Esc shows everything.');
  const tone = trouble === undefined ? 'plain' : 'bad';
  return [emptyLine, ...wrap(text, columns - 4).map((each): Line => [span(`  ${each}`, tone)])];
};

const statusLine = (model: Model, look: Look, columns: number): Line => {
  const { book, typing } = model;
  const rows = rowsIn(model, look);
  const isTyping = typing?.what === 'book';
  const place = rows.length === 0 ? '0' : `${chosenIndex(itemsIn(model, look), book.place) + 1} of ${rows.length}`;
  const marked = book.marks === 'all' ? rows.length : book.marks.size;
  return [
    span(`  ${place}`, 'strong'),
    span(`  by ${book.sort}${book.reverse ? ', turned round' : ''}`, 'faint'),
    span(marked === 0 ? '' : `  ${marked} marked`, 'accent'),
    ...(book.filter === '' && !isTyping
      ? []
      : [span('  /', 'accent'), span(clean(book.filter)), span(isTyping ? '_' : '', 'accent')]),
    ...(isTyping ? [span(clip(`  ${suggestionsFor(typing.text, look).join('  ')}`, columns), 'faint')] : []),
  ];
};

const nobody = (model: Model, look: Look): string | undefined =>
  selectionIn(model, look) === undefined ? 'There is no proxy to choose; i takes a list into the book.' : undefined;

const acting =
  (act: 'release' | 'quarantine' | 'remove' | 'seen') =>
  (model: Model, look: Look): Step => {
    const which = selectionIn(model, look);
    const orders: readonly Order[] = which === undefined ? [] : [{ do: 'shelve', act, which }];
    return { model: withBook(model, { marks: startBook.marks }), orders };
  };

const turnMark = (model: Model, look: Look): Step => {
  const chosen = chosenEntry(model, look);
  if (chosen === undefined) return { model };
  const before = model.book.marks === 'all' ? startBook.marks : model.book.marks;
  const marks = new Set(before === 'all' ? [] : before);
  if (!marks.delete(chosen.id)) marks.add(chosen.id);
  const items = itemsIn(model, look);
  const { top } = model.book.place;
  return { model: withBook(model, { marks, place: { ...move(items, model.book.place, 'down', 1), top } }) };
};

const keys: readonly KeyRow[] = [
  {
    keys: ['enter'],
    label: 'open',
    help: 'everything that is known of the chosen proxy; it is new no longer then',
    disabled: nobody,
    press: (model, look) => {
      const chosen = chosenEntry(model, look);
      if (chosen === undefined) return { model };
      return {
        model: { ...model, overlay: { kind: 'proxy', id: chosen.id, top: 0 } },
        orders: chosen.isNew ? [{ do: 'shelve', act: 'seen', which: { ids: [chosen.id] } }] : [],
      };
    },
  },
  {
    keys: ['/'],
    label: 'filter',
    help: 'show what fits: grade>=anonymous, country!=FR, up; Tab completes, and any word is looked for in host, sources and tags',
    press: (model) => ({ model: { ...model, typing: { what: 'book', text: model.book.filter } } }),
  },
  {
    keys: ['i'],
    label: 'import',
    help: 'take a list into the book: a path, a URL or what you paste; it is shown before it is taken',
    press: (model) => ({ model: beginImport(model) }),
  },
  {
    keys: ['r'],
    label: 'release',
    help: 'let cascades use what is marked, or the chosen one',
    disabled: nobody,
    press: acting('release'),
  },
  {
    keys: ['z'],
    label: 'quarantine',
    help: 'keep all traffic from what is marked, or the chosen one',
    disabled: nobody,
    press: acting('quarantine'),
  },
  ...bookAuditKeys(nobody),
  {
    keys: ['space'],
    label: 'mark',
    help: 'mark the chosen one, or take its mark away',
    disabled: nobody,
    press: turnMark,
  },
  {
    keys: ['*'],
    help: 'mark everything that the filter finds; again: nothing',
    disabled: nobody,
    press: (model) => ({ model: withBook(model, { marks: model.book.marks === 'all' ? startBook.marks : 'all' }) }),
  },
  {
    keys: ['t'],
    label: 'tag',
    help: 'give what is marked, or the chosen one, a word of your own; - before it takes it away',
    disabled: nobody,
    press: (model) => ({ model: { ...model, typing: { what: 'tag', text: '' } } }),
  },
  {
    keys: ['d'],
    label: 'delete',
    help: 'remove what is marked, or the chosen one, from the book',
    disabled: nobody,
    twice: (model, look) => {
      const count = selectedCount(model, look);
      return `Press d again to remove ${count} ${count === 1 ? 'proxy' : 'proxies'} from the book.`;
    },
    press: acting('remove'),
  },
  {
    keys: ['s'],
    label: 'sort',
    help: 'sort by the next column',
    press: (model) => {
      const at = sortKeys.indexOf(model.book.sort);
      return { model: withBook(model, { sort: sortKeys[(at + 1) % sortKeys.length] ?? 'rank' }) };
    },
  },
  {
    keys: ['S'],
    help: 'sort the other way round',
    press: (model) => ({ model: withBook(model, { reverse: !model.book.reverse }) }),
  },
  {
    keys: ['v'],
    help: 'what is marked, or the chosen one, is new no longer',
    disabled: nobody,
    press: acting('seen'),
  },
  {
    keys: ['o'],
    label: 'sources',
    help: 'the lists that the book came from, and how fresh they are',
    press: (model) => ({ model: { ...model, overlay: { kind: 'sources', at: 0 } } }),
  },
  {
    keys: ['escape'],
    help: 'without marks and filter',
    press: (model) => ({ model: withBook(model, { filter: '', marks: startBook.marks }) }),
  },
];

/** Page 4. */
export const bookPage: Page = {
  id: 'book',
  digit: '4',
  title: 'Book',
  view,
  keys,
  move: (model, look, how, rows) =>
    withBook(model, { place: move(itemsIn(model, look), model.book.place, how, rows - 2) }),
  click: (model, look, row, rows) => {
    const items = itemsIn(model, look);
    const { top } = inSight(items, model.book.place, rows - 2);
    return row < 2 ? model : withBook(model, { place: move(items, model.book.place, { to: top + row - 2 }, rows - 2) });
  },
};
