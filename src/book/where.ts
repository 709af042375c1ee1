/** A filter as a condition of SQL over the table of proxies: the same as `match` in model/filter-match.ts says of each of them. */

import { grades, type Stamp } from '../model/book.js';
import type { Filter, FilterField, FilterOp, FilterTest } from '../model/filter.js';
import { pulses, shelves } from './rows.js';
import type { Value } from './sqlite.js';

/** A condition that is 0 or 1, never NULL, and the values for its question marks. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** The condition of a filter. */
export const whereOf = (filter: Filter, now: Stamp): Condition => {
  switch (filter.kind) {
    case 'all':
      return { sql: '1', values: [] };
    case 'and':
    case 'or': {
      const parts = filter.parts.map((part) => whereOf(part, now));
      const word = filter.kind === 'and' ? ' AND ' : ' OR ';
      return { sql: `(${parts.map(({ sql }) => sql).join(word)})`, values: parts.flatMap(({ values }) => values) };
    }
    case 'not': {
      const { sql, values } = whereOf(filter.part, now);
      return { sql: `NOT ${sql}`, values };
    }
    case 'test':
      return rows[filter.field](filter, now);
  }
};

type Row = (test: FilterTest, now: Stamp) => Condition;

const signs: Readonly<Record<Exclude<FilterOp, '~'>, string>> = {
  ...{ '=': '=', '!=': '<>', '>=': '>=', '<=': '<=', '>': '>', '<': '<' },
};

const condition = (sql: string, ...values: readonly Value[]): Condition => ({ sql: `(${sql})`, values });

const sign = (op: FilterOp): string => (op === '~' ? '=' : signs[op]);

/** A number, or a word by its number. */
const number =
  (column: string, valueOf: (value: string | number) => number = Number): Row =>
  ({ op, value }) => {
    if (value === 'unknown' || value === 'untested') return condition(`${column} IS ${op === '=' ? '' : 'NOT '}NULL`);
    return condition(`${column} IS NOT NULL AND ${column} ${sign(op)} ?`, valueOf(value));
  };

/** One of some words, by its place among them; every proxy has one. */
const word =
  (column: string, words: readonly string[]): Row =>
  ({ op, value }) =>
    condition(`${column} ${sign(op)} ?`, words.indexOf(String(value)));

/** One text that every proxy has. */
const text =
  (column: string): Row =>
  ({ op, value }) => {
    const folded = String(value).toLowerCase();
    if (op === '~') return condition(`instr(lower(${column}), ?) > 0`, folded);
    return condition(`lower(${column}) ${sign(op)} ?`, folded);
  };

/** Facts between bars. `!=` means that none is so, and that there are any where they may be unknown. */
const facts =
  (column: string, unknown: 'may be unknown' | 'none is a fact' = 'may be unknown'): Row =>
  ({ op, value }) => {
    const some = unknown === 'may be unknown' ? `${column} <> '' AND ` : '';
    if (value === 'unknown') return condition(`${column} ${op === '=' ? '=' : '<>'} ''`);
    const folded = String(value).toLowerCase();
    if (op === '~') return condition(`instr(lower(${column}), ?) > 0`, folded.replaceAll('|', ''));
    return condition(`${some}instr(lower(${column}), ?) ${op === '=' ? '>' : '='} 0`, `|${folded}|`);
  };

const yes =
  (sql: string): Row =>
  ({ op, value }) =>
    condition(`${(value === 'yes') === (op === '=') ? '' : 'NOT '}(${sql})`);

/** Sources are few: those that fit are found first, and then whom they name. */
const namedBy = (where: string): string =>
  `key IN (SELECT proxy FROM named WHERE gone = 0 AND source IN (SELECT key FROM sources WHERE ${where}))`;
const hasText = namedBy('instr(lower(name), ?) > 0');
const sources: Row = ({ op, value }) => {
  const folded = String(value).toLowerCase();
  if (op === '~') return condition(hasText, folded);
  return condition(`${op === '=' ? '' : 'NOT '}(${namedBy('lower(name) = ?')})`, folded);
};

/** The addresses, and a word for whether they are the one that it is reached at. */
const exitTexts = `exits || CASE WHEN exits = '' OR address IS NULL THEN ''
  WHEN exits = '|' || address || '|' THEN 'same|' ELSE 'other|' END`;
const exits: Row = (test, now) => facts(`(${exitTexts})`)(test, now);

/** Hosts are in small letters in the book. A word without a colon or bracket is in the host, or in the port where it has digits only: that is quicker to see. */
const endpoint = `CASE WHEN instr(host, ':') > 0 THEN '[' || host || ']' ELSE host END || ':' || port`;
const any: Row = ({ value }) => {
  const folded = String(value).toLowerCase();
  const isNumber = /^\d+$/.test(folded);
  const inHost = /[:[\]]/.test(folded) ? `instr(${endpoint}, ?) > 0` : 'instr(host, ?) > 0';
  const where = isNumber ? `${inHost} OR instr(port, ?) > 0` : inHost;
  return condition(
    `${where} OR (tags <> '' AND instr(lower(tags), ?) > 0) OR ${hasText}`,
    ...[...(isNumber ? [folded] : []), folded, folded.replaceAll('|', ''), folded],
  );
};

const gradeOf = (value: string | number): number => grades.findIndex((grade) => grade === value) + 1;

const rows: Readonly<Record<FilterField, Row>> = {
  scheme: text('scheme'),
  host: text('host'),
  port: number('port'),
  country: facts('countries'),
  asn: facts('networks'),
  grade: number('tunnel', gradeOf),
  forward: number('forward', gradeOf),
  pulse: word('pulse', pulses),
  shelf: word('shelf', shelves),
  new: yes('isNew = 1'),
  availability: number('floor * 100'),
  latency: number('latency'),
  sources: number('sources'),
  source: sources,
  tag: facts('tags', 'none is a fact'),
  exit: exits,
  login: yes("login <> ''"),
  age: ({ op, value }, now) => condition(`max(0, ? - added) ${sign(op)} ?`, now, Number(value)),
  family: (test, now) => {
    if (test.value === 'unknown') return number('family')(test, now);
    const { sql, values } = text('family')(test, now);
    return condition(`family IS NOT NULL AND ${sql}`, ...values);
  },
  any,
};
