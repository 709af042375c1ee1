/** The book as faces use it: texts come in, plain data goes out. */

import { Readable } from 'node:stream';
import type { ImportReport } from '../model/book.js';
import { fail } from '../model/error.js';
import { parseFilter } from '../model/filter-text.js';
import type { Filter } from '../model/filter.js';
import { formats } from '../book/format/index.js';
import { reasons } from '../book/format/reasons.js';
import type { Book } from '../book/store.js';
import { writeList, writers } from '../book/write/index.js';
import type { ExportFormat } from '../book/write/writer.js';
import { explainText, openList, previewList } from './book-lists.js';
import type { BookDesk, Exported, ImportOptions, ListInput, Selection, SourceView } from './controller.js';

/** A desk over a book that is opened when it is needed. */
export const createBookDesk = (open: () => Book): BookDesk => ({
  list: ({ filter, sort, descending, limit, offset }) =>
    open().page({ filter: filterOf(filter), sort, reversed: descending ? 'reversed' : 'usual', limit, offset }),
  count: (filter) => open().count(filterOf(filter)),
  find: (text) => {
    const key = open().keyOf(text);
    return key === undefined ? undefined : open().detail(key);
  },
  sources: () => open().sources.all().map(sourceView),
  preview: async (input, options = {}) => previewList(await openList(input, options), options),
  import: async (input, options = {}) => take(open(), input, options),
  explainLine: (line, options = {}) => Promise.resolve(explainText(line, options)),
  formats: () => formats.map(({ name }) => ({ name, writes: name in writers })),
  export: (options) => exported(open(), options),
  refresh: async (name, options = {}) => {
    const source = open().sources.find(name);
    if (source === undefined) throw fail('source-unknown');
    if (source.kind !== 'file' || source.place === undefined)
      throw fail('bad-usage', { note: 'Only sources that came from a file can be read again.' });
    return take(open(), { kind: 'file', path: source.place }, { ...options, name });
  },
  forget: (source) => {
    if (open().forget(source) === undefined) throw fail('source-unknown');
  },
  reason: (why) => `${reasons[why].sentence} ${reasons[why].remedy}`,
  release: (which) => open().release(keysOf(open(), which)),
  quarantine: (which) => open().quarantine(keysOf(open(), which)),
  remove: (which) => open().remove(keysOf(open(), which)),
  tag: (which, tag, on) => open().tag(keysOf(open(), which), readTag(tag), on),
  markSeen: (which) => open().markSeen(keysOf(open(), which)),
  version: () => open().version(),
});

/** What somebody sees who asks for nothing in particular. */
const everything: Filter = { kind: 'test', field: 'shelf', op: '!=', value: 'archived' };

const filterOf = (text: string): Filter => (text.trim() === '' ? everything : parseFilter(text));

const keysOf = (book: Book, which: Selection): readonly number[] => {
  if ('filter' in which) return book.keys(filterOf(which.filter));
  return which.ids.map((id) => {
    const key = book.keyOf(id);
    if (key === undefined) throw fail('proxy-unknown');
    return key;
  });
};

const readTag = (text: string): string => {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$/u.test(text))
    throw fail('bad-usage', { note: 'A tag has letters, digits, dots, hyphens and underscores, 32 at most.' });
  return text;
};

const take = async (book: Book, input: ListInput, options: ImportOptions): Promise<ImportReport> => {
  let bytes = 0;
  let lines = 0;
  const tell = (): void => options.onProgress?.({ bytes, read: lines });
  const { list, source } = await openList(input, {
    ...options,
    onProgress: (progress) => {
      bytes = progress.bytes;
    },
  });
  return book.take(
    list.batches,
    { ...source, format: list.format },
    {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onRead: (batch) => {
        lines += batch.length;
        tell();
        if (options.onRejected === undefined) return;
        for (const reading of batch) if (reading.kind === 'rejected') options.onRejected(reading);
      },
    },
  );
};

const exported = (
  book: Book,
  { filter, format, logins }: { readonly filter: string; readonly format: string; readonly logins?: true },
): Exported => {
  if (!Object.hasOwn(writers, format))
    throw fail('bad-usage', { note: `Lists are written as ${Object.keys(writers).join(', ')}.` });
  const wanted = filterOf(filter);
  const { text, counts } = writeList(
    hopsOf(book, wanted, logins),
    format as ExportFormat,
    logins === true ? 'with' : 'without',
  );
  return {
    chunks: Readable.from(text) as AsyncIterable<string>,
    counts: () => ({ written: counts.written, left: [...counts.left.values()].reduce((sum, count) => sum + count, 0) }),
  };
};

function* hopsOf(book: Book, filter: Filter, logins: true | undefined) {
  for (const { hop, id, login, assumed, entry } of book.each(filter)) {
    const credentials = login && logins === true ? book.credentialsOf(id.split('#')[1] ?? '') : undefined;
    yield {
      hop: credentials === undefined ? hop : { ...hop, credentials },
      ...(assumed ? { assumed: true as const } : {}),
      ...(entry?.country === undefined ? {} : { country: entry.country }),
    };
  }
}

const sourceView = ({
  failures: _failures,
  etag: _etag,
  modified: _modified,
  scheme: _scheme,
  ...source
}: ReturnType<Book['sources']['all']>[number]): SourceView => source;
