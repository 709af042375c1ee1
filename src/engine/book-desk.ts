/** The book as faces use it: texts come in, plain data goes out. */

import { Readable } from 'node:stream';
import type { ImportReport, Reading, Stamp } from '../model/book.js';
import { fail } from '../model/error.js';
import { parseFilter } from '../model/filter-text.js';
import type { Filter } from '../model/filter.js';
import { formats } from '../book/format/index.js';
import { reasons } from '../book/format/reasons.js';
import type { Staged } from '../book/merge.js';
import type { KnownSource } from '../book/sources.js';
import type { Book, Watch } from '../book/store.js';
import { writeList, writers } from '../book/write/index.js';
import type { ExportFormat } from '../book/write/writer.js';
import {
  type LocalInput,
  type Opened,
  checkName,
  explainText,
  nameFor,
  openChunks,
  openList,
  previewList,
  refuseSmall,
} from './book-lists.js';
import type { Outlets, UrlParts } from './book-url.js';
import type { BookDesk, Exported, ImportOptions, ListInput, Selection, SourceView } from './controller.js';

/** A desk over a book that is opened when it is needed. */
export const createBookDesk = (open: () => Book, outlets: Outlets): BookDesk => ({
  list: ({ filter, sort, descending, limit, offset }) =>
    open().page({ filter: filterOf(filter), sort, reversed: descending ? 'reversed' : 'usual', limit, offset }),
  count: (filter) => open().count(filterOf(filter)),
  find: (text) => {
    const key = keyNamed(open(), text);
    return key === undefined ? undefined : open().detail(key);
  },
  sources: () => open().sources.all().map(sourceView),
  preview: async (input, options = {}) => {
    checkName(options.name);
    const progress = createProgress(options);
    const watched = { ...options, onProgress: progress.onBytes };
    const opened =
      input.kind === 'url'
        ? (await web()).openUrl(input, urlParts(open(), outlets, watched), options)
        : openList(input, watched);
    return previewList(await opened, open().screen(), progress.onRead);
  },
  import: async (input, options = {}) => {
    checkName(options.name);
    return importFrom(open(), outlets, { input, options });
  },
  explainLine: (line, options = {}) => Promise.resolve(explainText(line, options)),
  formats: () => formats.map(({ name }) => ({ name, writes: name in writers })),
  export: (options) => exported(open(), options),
  refresh: async (name, { consent, ...options } = {}) => {
    const source = open().sources.find(name);
    if (source === undefined) throw fail('source-unknown');
    const input = inputOf(source);
    const asked = input.kind === 'url' ? { ...input, ...(consent === undefined ? {} : { consent }) } : input;
    return importFrom(open(), outlets, { input: asked, options: { ...source.said, ...options, name } });
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

/** The one proxy that a text means. Throws `bad-usage` where it may mean several. */
export const keyNamed = (book: Book, text: string): number | undefined => {
  const [key, ...others] = book.named(text);
  if (key === undefined || others.length === 0) return key;
  const ids = [key, ...others].slice(0, 5).flatMap((each) => book.detail(each)?.entry.id ?? []);
  const more = others.length < 5 ? '' : `, and ${others.length - 4} more`;
  throw fail('bad-usage', { note: `Several proxies are meant: ${ids.join(', ')}${more}. Name one of them.` });
};

const keysOf = (book: Book, which: Selection): readonly number[] => {
  if ('filter' in which) return book.keys(filterOf(which.filter));
  return which.ids.map((id) => {
    const key = keyNamed(book, id);
    if (key === undefined) throw fail('proxy-unknown');
    return key;
  });
};

const readTag = (text: string): string => {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$/u.test(text))
    throw fail('bad-usage', { note: 'A tag has letters, digits, dots, hyphens and underscores, 32 at most.' });
  if (text.toLowerCase() === 'unknown')
    throw fail('bad-usage', { note: 'tag=unknown finds what has no tag: choose another word.' });
  return text;
};

/** Where a source came from. Throws `bad-usage` where that is over. */
const inputOf = ({ kind, place, way }: KnownSource): ListInput => {
  if (place !== undefined && kind === 'file') return { kind, path: place };
  if (place !== undefined && kind === 'url') return { kind, url: place, ...(way === undefined ? {} : { way }) };
  throw fail('bad-usage', { note: 'Only sources that came from a file or a URL can be read again.' });
};

interface Import {
  readonly input: ListInput;
  readonly options: ImportOptions;
}

const importFrom = async (book: Book, outlets: Outlets, { input, options }: Import): Promise<ImportReport> => {
  const progress = createProgress(options);
  const watched = { ...options, onProgress: progress.onBytes };
  if (input.kind !== 'url') return importLocal(book, input, { options: watched, progress });
  const { importUrl } = await web();
  return importUrl(input, urlParts(book, outlets, watched), options, (opened, check) =>
    take(book, opened, { ...progress, check }),
  );
};

interface Watched {
  readonly options: ImportOptions;
  readonly progress: Watch;
}

/** What is pasted is always another list; a file is the one of its path, and whatever else has a name the one of that name. */
const importLocal = async (book: Book, input: LocalInput, { options, progress }: Watched): Promise<ImportReport> => {
  const { list, source } = await openList(input, options);
  const isNamed = options.name !== undefined || input.kind === 'stdin';
  const name = isNamed ? source.name : nameFor(source.name, source, book.sources);
  const before = book.sources.find(name);
  const check = (staged: Staged): void => {
    if (before !== undefined) refuseSmall(staged, options.shrunk === true ? undefined : before);
  };
  return take(book, { list, source: { ...source, name } }, { ...progress, check });
};

/** What fetches is loaded when somebody wants it. */
const web = () => import('./book-url.js');

const urlParts = (book: Book, outlets: Outlets, options: ImportOptions): UrlParts => ({
  ...{ book, outlets, now: () => Date.now() as Stamp, random: Math.random },
  open: (answer, source) => openChunks(answer, source, options),
});

/** Bytes and lines are counted at two places, and told together. */
const createProgress = ({ signal, onProgress, onRejected }: ImportOptions) => {
  let bytes = 0;
  let lines = 0;
  return {
    ...(signal === undefined ? {} : { signal }),
    onBytes: (progress: { readonly bytes: number }): void => {
      bytes = progress.bytes;
    },
    onRead: (batch: readonly Reading[]): void => {
      lines += batch.length;
      onProgress?.({ bytes, read: lines });
      if (onRejected === undefined) return;
      for (const reading of batch) if (reading.kind === 'rejected') onRejected(reading);
    },
  };
};

const take = (book: Book, { list, source }: Opened, watch: Watch): Promise<ImportReport> =>
  book.take(list.batches, { ...source, format: list.format }, watch);

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
  said: _said,
  ...source
}: KnownSource): SourceView => ({
  ...source,
  ...(source.place === undefined ? {} : { place: withoutQuery(source.place) }),
});

/** What stands behind the question mark of a URL may be a key. */
const withoutQuery = (place: string): string => place.replace(/^(https?:[^?]*\?).*/, '$1…');
