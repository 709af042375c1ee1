/** The book as faces use it: texts come in, plain data goes out. */

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { ImportReport, Reading, Rejection } from '../model/book.js';
import { asKaskadeError, fail } from '../model/error.js';
import { parseFilter } from '../model/filter-text.js';
import type { Filter } from '../model/filter.js';
import { type Scheme, labelHop, parseHop } from '../model/hop.js';
import { explainLine } from '../book/explain.js';
import type { FormatName } from '../book/format/format.js';
import { formats } from '../book/format/index.js';
import { reasons } from '../book/format/reasons.js';
import { type List, readList } from '../book/read.js';
import type { Source } from '../book/intake.js';
import { writeList, writers } from '../book/write/index.js';
import type { ExportFormat } from '../book/write/writer.js';
import type { Book } from '../book/store.js';
import type { Cancel } from '../net/cancel.js';
import type {
  BookDesk,
  Exported,
  ImportOptions,
  LineReading,
  ListInput,
  Preview,
  Selection,
  SourceView,
} from './controller.js';

/** So many of the first lines and proxies are shown before a list is taken. */
const mostShown = 20;

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
  preview: async (input, options = {}) => preview(await read(input, options), options),
  import: async (input, options = {}) => take(open(), input, options),
  explainLine: (line, options = {}) => Promise.resolve(explain(line, options)),
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

const formatOf = (text: string | undefined): FormatName | undefined => {
  if (text === undefined) return undefined;
  const found = formats.find(({ name }) => name === text);
  if (found === undefined)
    throw fail('bad-usage', { note: `The formats known are ${formats.map(({ name }) => name).join(', ')}.` });
  return found.name;
};

const schemeOf = (text: string | undefined): Scheme | undefined => {
  if (text === undefined) return undefined;
  try {
    return parseHop(`${text}://a.example:1`).scheme;
  } catch {
    throw fail('bad-usage', { note: 'The schemes known are http, https, socks4a and socks5h.' });
  }
};

interface Opened {
  readonly list: List;
  readonly source: Omit<Source, 'format'>;
}

/** Opens a list. Throws `file-unreadable` or `list-unreadable`. */
const read = async (input: ListInput, options: ImportOptions): Promise<Opened> => {
  const { name, format, scheme, privates, signal, onProgress } = options;
  const [known, said] = [formatOf(format), schemeOf(scheme)];
  const source = sourceOf(input, name);
  const cancel: Cancel = { signal: signal ?? new AbortController().signal };
  const chunks = watched(chunksOf(input), (bytes) => onProgress?.({ bytes, read: 0 }));
  const hints = {
    name: source.place ?? source.name,
    ...(known === undefined ? {} : { format: known }),
    ...(said === undefined ? {} : { scheme: said }),
    ...(privates === true ? { privates: 'allow' as const } : {}),
  };
  const list = await readList(chunks, hints, cancel);
  return { list, source: { ...source, ...(scheme === undefined ? {} : { scheme }) } };
};

const sourceOf = (input: ListInput, name: string | undefined): Omit<Source, 'format'> => {
  switch (input.kind) {
    case 'file':
      return { name: name ?? basename(input.path), kind: 'file', place: input.path };
    case 'text':
      return { name: name ?? 'pasted', kind: 'paste' };
    case 'stdin':
      return { name: name ?? 'stdin', kind: 'stdin' };
  }
};

const chunksOf = (input: ListInput): AsyncIterable<Buffer | string> => {
  switch (input.kind) {
    case 'file':
      return createReadStream(input.path, { highWaterMark: 65_536 });
    case 'text':
      return Readable.from([Buffer.from(input.text)]);
    case 'stdin':
      return input.stream;
  }
};

async function* watched(
  chunks: AsyncIterable<Buffer | string>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      bytes += buffer.length;
      onBytes(bytes);
      yield buffer;
    }
  } catch (thrown) {
    const code = (thrown as { readonly code?: unknown } | undefined)?.code;
    throw typeof code === 'string' && /^E[A-Z]+$/.test(code)
      ? fail('file-unreadable', { note: code })
      : asKaskadeError(thrown);
  }
}

const preview = async ({ list }: Opened, { onRejected }: ImportOptions): Promise<Preview> => {
  const counts = { proxies: 0, ranges: 0 };
  const rejected: Partial<Record<Rejection, number>> = {};
  const first: Extract<Reading, { kind: 'rejected' }>[] = [];
  const sample: string[] = [];
  for await (const batch of list.batches) {
    for (const reading of batch) {
      if (reading.kind === 'proxy') {
        counts.proxies += 1;
        if (sample.length < mostShown) sample.push(labelHop(reading.hop));
      } else if (reading.kind === 'range') counts.ranges += 1;
      else {
        rejected[reading.why] = (rejected[reading.why] ?? 0) + 1;
        if (first.length < mostShown) first.push(reading);
        onRejected?.(reading);
      }
    }
  }
  return { format: list.format, ...counts, rejected, first, sample };
};

const take = async (book: Book, input: ListInput, options: ImportOptions): Promise<ImportReport> => {
  let bytes = 0;
  let lines = 0;
  const tell = (): void => options.onProgress?.({ bytes, read: lines });
  const { list, source } = await read(input, {
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

const explain = (line: string, options: { readonly format?: string; readonly scheme?: string }): LineReading => {
  const [format, scheme] = [formatOf(options.format), schemeOf(options.scheme)];
  const explained = explainLine(line, {
    ...(format === undefined ? {} : { format }),
    ...(scheme === undefined ? {} : { scheme }),
  });
  const [first] = explained.results;
  if (first === undefined)
    return { format: explained.format, fields: [], sentence: 'The line holds nothing: it is blank or a remark.' };
  const { reading, fields, reason } = first;
  const shown = { format: explained.format, fields: fields.map(({ field, value }) => [field, value] as const) };
  if (reading.kind === 'proxy')
    return { ...shown, proxy: labelHop(reading.hop), ...(reading.assumed ? { assumed: true as const } : {}) };
  if (reading.kind === 'range') return { ...shown, proxy: `blocked range ${reading.range}` };
  return { ...shown, why: reading.why, sentence: reason === undefined ? '' : `${reason.sentence} ${reason.remedy}` };
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
