/** Tables: columns parted by comma, semicolon, tab or `|`, with a line of names or without, quoted or not (RFC 4180). */

import { parse } from 'csv-parse/sync';
import { type Entry, isRefused, refuse } from './entry.js';
import { type Format, type Ground, type LineReader, longestLine } from './format.js';
import { sketch } from './json.js';
import { rejected, tell } from './lines.js';
import { type Setting, readPlain, trimmed } from './plain.js';
import { fieldsOf } from './fields.js';
import { isAddressKey, isPortKey, readRecord } from './record.js';
import { unsaid } from './scheme.js';

/** A semicolon at the start of a line may be an empty first cell. */
const isComment = (line: string): boolean => /^\s*(?:#|\/\/)/.test(line);

type Delimiter = ',' | ';' | '\t' | '|';

export const csv: Format = {
  name: 'csv',
  about: 'a table with named columns, or with quoted ones (CSV, TSV)',
  resembles: ({ lines }) => {
    const first = lines.find((line) => !isComment(line)) ?? '';
    const delimiter = delimiterOf(first);
    return delimiter !== undefined && (isHeader(cellsOf(first, delimiter)) || /^"[^"]*"[,;\t|]/.test(first));
  },
  takes: 'lines',
  open: (ground) => openTable(ground),
};

const openTable = (ground: Ground): LineReader => {
  const first = ground.sample.lines.find((line) => !isComment(line)) ?? '';
  const delimiter = delimiterOf(first) ?? ',';
  const setting = { choice: unsaid(ground), privates: ground.privates };
  let names: readonly string[] | undefined;
  let begun = false;
  /** Lines of a record whose last cell is not closed yet. */
  let open: readonly Line[] = [];
  const read = (record: readonly Line[]): void => {
    const [{ number, text } = nothing] = record;
    const cells = cellsOf(record.map((line) => line.text).join('\n'), delimiter);
    if (cells === undefined && record.length > 1) return giveUp(record);
    const isFirst = !begun;
    begun = true;
    if (isFirst && cells !== undefined && isHeader(cells)) names = cells;
    else tellRow({ ground, setting, names }, cells, { line: number, text });
  };
  /** What was taken for the rest of an open cell is read again, line by line: one stray quote costs one line. */
  const giveUp = (record: readonly Line[]): void => {
    open = [];
    ground.say(rejected('broken-record', record[0]?.number ?? 0, ''));
    for (const line of record.slice(1)) take(line);
  };
  const take = (line: Line): void => {
    if (open.length === 0 && (trimmed(line.text) === '' || isComment(line.text))) return;
    const record = [...open, line];
    const isOpen = hasOddQuotes(line.text) === (open.length === 0);
    open = isOpen ? record : [];
    if (!isOpen) read(record);
    else if (record.length > mostLines || lengthOf(record) > longestLine) giveUp(record);
  };
  const end = (): void => {
    while (open.length > 0) giveUp(open);
  };
  return { line: (text, number) => take({ text, number }), end };
};

interface Line {
  readonly text: string;
  readonly number: number;
}

const nothing: Line = { text: '', number: 0 };

/** No cell of a list of proxies has more lines. */
const mostLines = 8;

const lengthOf = (record: readonly Line[]): number => record.reduce((sum, { text }) => sum + text.length, 0);

/** A quote is left open when their number is odd; a doubled one inside of quotes counts twice. */
const hasOddQuotes = (text: string): boolean => text.includes('"') && text.split('"').length % 2 === 0;

interface Table {
  readonly ground: Ground;
  readonly setting: Setting;
  readonly names: readonly string[] | undefined;
}

const tellRow = (
  table: Table,
  cells: readonly string[] | undefined,
  { line, text }: { line: number; text: string },
): void => {
  const { ground, names, setting } = table;
  if (cells === undefined) return ground.say(rejected('broken-record', line, ''));
  if (names === undefined) return tell(ground, readUnnamed(cells, setting), { line, text });
  if (cells.length > names.length + 1) return ground.say(rejected('broken-record', line, ''));
  const fields = fieldsOf(names.map((name, index): [string, string] => [name, (cells[index] ?? '').trim()]));
  for (const entry of readRecord(fields, setting))
    tell(ground, entry, { line, text: isRefused(entry) ? sketch(fields) : '' });
};

/** Columns without names are a plain line, once the quotes are off. A cell that holds a delimiter is no address. */
const readUnnamed = (cells: readonly string[], setting: Setting): Entry => {
  const [first = ''] = cells;
  if (/[\t\n,;|]/.test(first)) return refuse('not-a-proxy');
  return readPlain(cells.map((cell) => cell.replace(/[\t\n]/g, ' ').trim()).join('\t'), setting);
};

/** Tells whether cells are names of columns: one that says where, and another one. */
const isHeader = (cells: readonly string[] | undefined): boolean =>
  cells !== undefined &&
  cells.length > 1 &&
  cells.some(isAddressKey) &&
  cells.every((cell) => !/^\s*\d/.test(cell)) &&
  (cells.some(isPortKey) || cells.some((cell) => /^(?:proxy|url|proxy[ _-]?url)$/i.test(cell.trim())));

const delimiterOf = (line: string): Delimiter | undefined =>
  (['\t', ';', '|', ','] as const).find((delimiter) => line.slice(0, 4096).includes(delimiter));

/** Most lines have no quotes and need no parser. */
const cellsOf = (text: string, delimiter: Delimiter): readonly string[] | undefined => {
  if (!text.includes('"')) return text.split(delimiter).map((cell) => cell.trim());
  try {
    const [row]: readonly unknown[] = parse(text, {
      delimiter,
      relax_column_count: true,
      trim: true,
      relax_quotes: false,
    });
    return Array.isArray(row) ? row.map(String) : undefined;
  } catch {
    return undefined;
  }
};
