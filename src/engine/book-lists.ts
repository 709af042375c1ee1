/** Lists as faces give them: a file, a text or a stream is opened, looked at before it is taken, or explained line by line. */

import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Reading, Rejection } from '../model/book.js';
import { asKaskadeError, fail } from '../model/error.js';
import { type Scheme, labelHop, parseHop } from '../model/hop.js';
import { explainLine } from '../book/explain.js';
import type { FormatName } from '../book/format/format.js';
import { formats } from '../book/format/index.js';
import type { Said, Source } from '../book/intake.js';
import { type List, readList } from '../book/read.js';
import type { Staged } from '../book/merge.js';
import type { KnownSource, Sources } from '../book/sources.js';
import type { Screen } from '../book/store.js';
import type { Cancel } from '../net/cancel.js';
import type { ImportOptions, LineReading, ListInput, Preview } from './controller.js';

/** So many of the first lines and proxies are shown before a list is taken. */
const mostShown = 20;

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

/** A list that is open, and where it came from. */
export interface Opened {
  readonly list: List;
  readonly source: Omit<Source, 'format'>;
}

/** A list that is at hand. */
export type LocalInput = Exclude<ListInput, { readonly kind: 'url' }>;

/** Opens a list. Throws `file-unreadable` or `list-unreadable`. */
export const openList = (input: LocalInput, options: ImportOptions): Promise<Opened> =>
  openChunks({ chunks: chunksOf(input) }, sourceOf(input, options.name), options);

/** What comes in, and whether nothing says where it ends. */
export interface Incoming {
  readonly chunks: AsyncIterable<Buffer | string>;
  readonly endless?: boolean;
}

/** Opens what comes in as a list of that source. */
export const openChunks = async (
  { chunks: bytes, endless }: Incoming,
  source: Opened['source'],
  { format, scheme, privates, signal, onProgress }: ImportOptions,
): Promise<Opened> => {
  const [known, said] = [formatOf(format), schemeOf(scheme)];
  const cancel: Cancel = { signal: signal ?? new AbortController().signal };
  const chunks = watched(bytes, source.place, (count) => onProgress?.({ bytes: count, read: 0 }));
  const hints = {
    name: hintOf(source),
    ...(known === undefined ? {} : { format: known }),
    ...(said === undefined ? {} : { scheme: said }),
    ...(privates === true ? { privates: 'allow' as const } : {}),
    ...(endless === undefined ? {} : { endless }),
  };
  const list = await readList(chunks, hints, cancel);
  const told: Said = {
    ...(format === undefined ? {} : { format }),
    ...(scheme === undefined ? {} : { scheme }),
    ...(privates === undefined ? {} : { privates }),
  };
  return { list, source: { ...source, ...(scheme === undefined ? {} : { scheme }), said: told } };
};

/** Looks at a name that somebody chose for a source. Throws `bad-usage`. */
export const checkName = (name: string | undefined): void => {
  if (name === undefined || /^(?! )[^\p{C}\p{Zl}\p{Zp}]{1,64}(?<! )$/u.test(name)) return;
  throw fail('bad-usage', { note: 'The name of a source has 1 to 64 characters that can be seen.' });
};

/** The name of a source that says none of its own: what it has from before, else one that no other place has. */
export const nameFor = (
  wanted: string,
  { kind, place }: Pick<Source, 'kind' | 'place'>,
  sources: Pick<Sources, 'all' | 'find'>,
): string => {
  const known = sources.all().find((source) => place !== undefined && source.kind === kind && source.place === place);
  if (known !== undefined) return known.name;
  for (let nth = 1; ; nth += 1) {
    const name = nth === 1 ? wanted : `${wanted} (${nth})`;
    if (sources.find(name) === undefined) return name;
  }
};

/** Throws `list-not-a-list` or `list-shrunk` where what came is no list to take the place of the one of before. */
export const refuseSmall = ({ proxies, ranges }: Staged, before: KnownSource | undefined): void => {
  if (proxies + ranges === 0) throw fail('list-not-a-list', { note: 'no proxy is in it' });
  const usual = before === undefined ? 0 : before.proxies + before.ranges;
  if ((proxies + ranges) * 2 < usual) throw fail('list-shrunk', { note: `${proxies + ranges} of ${usual} are left` });
};

/** The name of the file alone: what a folder is called says nothing of what is in it. */
const hintOf = ({ kind, place, name }: Pick<Source, 'kind' | 'place' | 'name'>): string => {
  if (place === undefined) return name;
  return kind === 'file' ? basename(place) : place;
};

const sourceOf = (input: LocalInput, name: string | undefined): Omit<Source, 'format'> => {
  switch (input.kind) {
    case 'file':
      return { name: name ?? basename(input.path), kind: 'file', place: resolve(input.path) };
    case 'text':
      return { name: name ?? 'pasted', kind: 'paste' };
    case 'stdin':
      return { name: name ?? 'stdin', kind: 'stdin' };
  }
};

const chunksOf = (input: LocalInput): AsyncIterable<Buffer | string> => {
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
  place: string | undefined,
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
      ? fail('file-unreadable', { note: place === undefined ? code : `${place}: ${code}` })
      : asKaskadeError(thrown);
  }
}

/** Reads a list to its end, and tells what it would bring; `onRead` hears of every batch. */
export const previewList = async (
  { list }: Opened,
  screen: Screen,
  onRead: (batch: readonly Reading[]) => void,
): Promise<Preview> => {
  const counts = { proxies: 0, ranges: 0 };
  const rejected: Partial<Record<Rejection, number>> = {};
  const first: Extract<Reading, { kind: 'rejected' }>[] = [];
  const sample: string[] = [];
  for await (const batch of list.batches) {
    const screened = batch.map(screen);
    onRead(screened);
    for (const reading of screened) {
      if (reading.kind === 'proxy') {
        counts.proxies += 1;
        if (sample.length < mostShown) sample.push(labelHop(reading.hop));
      } else if (reading.kind === 'range') counts.ranges += 1;
      else {
        rejected[reading.why] = (rejected[reading.why] ?? 0) + 1;
        if (first.length < mostShown) first.push(reading);
      }
    }
  }
  return { format: list.format, ...counts, rejected, first, sample };
};

/** How one line is read. */
export const explainText = (
  line: string,
  options: { readonly format?: string; readonly scheme?: string },
): LineReading => {
  const [format, scheme] = [formatOf(options.format), schemeOf(options.scheme)];
  const explained = explainLine(line, {
    ...(format === undefined ? {} : { format }),
    ...(scheme === undefined ? {} : { scheme }),
  });
  const [first] = explained.results;
  if (first === undefined)
    return {
      format: explained.format,
      fields: [],
      sentence:
        'The line names no proxy, and nothing that was meant for one: it is blank, a remark, a heading, or a setting.',
    };
  const { reading, fields, reason } = first;
  const shown = { format: explained.format, fields: fields.map(({ field, value }) => [field, value] as const) };
  if (reading.kind === 'proxy')
    return { ...shown, proxy: labelHop(reading.hop), ...(reading.assumed ? { assumed: true as const } : {}) };
  if (reading.kind === 'range') return { ...shown, proxy: `blocked range ${reading.range}` };
  return { ...shown, why: reading.why, sentence: reason === undefined ? '' : `${reason.sentence} ${reason.remedy}` };
};
