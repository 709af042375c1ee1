/** The filter language as text: `grade>=anonymous, country!=FR, up, (scheme=socks5h | port=443), !tag=mine, "free text"`. */

import { fail } from './error.js';
import { fieldRows } from './filter-fields.js';
import { type Token, quoteWord, tokensOf } from './filter-tokens.js';
import { type Filter, type FilterField, type FilterOp, type FilterTest } from './filter.js';
import { filterFields, filterOps, mostFilterDepth, mostFilterTests, mostFilterText } from './filter.js';

/** Words that stand for a whole test. */
export const shorthands: Readonly<Record<string, readonly [FilterField, string]>> = {
  up: ['pulse', 'up'],
  suspect: ['pulse', 'suspect'],
  dead: ['pulse', 'dead'],
  new: ['new', 'yes'],
  released: ['shelf', 'released'],
  quarantine: ['shelf', 'quarantine'],
  archived: ['shelf', 'archived'],
};

/**
 * Reads a filter. `,` is "and", `|` is "or", `!` is "not"; a bare word that is no shorthand is looked for in host, sources and
 * tags. Throws `bad-filter` with the place, counted from 1, and what would be legal there.
 */
export const parseFilter = (text: string): Filter => {
  if (text.length > mostFilterText) throw bad(mostFilterText, `${mostFilterText} characters are the most`);
  const reader: Reader = { tokens: tokensOf(text), at: 0, end: text.length, tests: 0 };
  if (reader.tokens.length === 0) return { kind: 'all' };
  const filter = readGroup(reader, 0);
  const rest = reader.tokens[reader.at];
  if (rest !== undefined)
    throw bad(rest.from, 'a comma, a bar or the end belongs here; text with blanks goes in quotes');
  return filter;
};

/** Writes a filter so that `parseFilter` gives the same again. */
export const printFilter = (filter: Filter): string => (filter.kind === 'all' ? '' : print(filter, 'top'));

/** Says where in a filter something is wrong, from 0, and what is legal there. */
const bad = (at: number, note: string) => fail('bad-filter', { note: `at character ${at + 1}: ${note}` });

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  readonly end: number;
  tests: number;
}

/** Items with commas or with bars between them; what is mixed needs parentheses, so that nobody has to know which binds closer. */
const readGroup = (reader: Reader, depth: number): Filter => {
  const first = readItem(reader, depth);
  const kind = separatorIn(reader);
  if (kind === undefined) return first;
  const parts = [first];
  for (let next = separatorIn(reader); next !== undefined; next = separatorIn(reader)) {
    if (next !== kind) throw bad(placeIn(reader), 'where , and | meet, parentheses say what belongs together');
    reader.at += 1;
    parts.push(readItem(reader, depth));
  }
  return { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) };
};

const separatorIn = ({ tokens, at }: Reader): 'and' | 'or' | undefined => {
  const token = tokens[at];
  if (token?.kind !== 'sign') return undefined;
  return token.text === ',' ? 'and' : token.text === '|' ? 'or' : undefined;
};

const placeIn = ({ tokens, at, end }: Reader): number => tokens[at]?.from ?? end;

const readItem = (reader: Reader, depth: number): Filter => {
  const token = reader.tokens[reader.at];
  if (depth > mostFilterDepth) throw bad(placeIn(reader), `nothing is nested more than ${mostFilterDepth} deep`);
  if (token === undefined) throw bad(reader.end, 'a test is missing, such as up or country=FR');
  reader.at += 1;
  if (token.kind === 'sign') return readSigned(reader, token, depth);
  if (token.kind === 'op') throw bad(token.from, `a field belongs before ${token.text}: ${fieldsText}`);
  reader.tests += 1;
  if (reader.tests > mostFilterTests) throw bad(token.from, `${mostFilterTests} tests are the most`);
  return readTest(reader, token);
};

const readSigned = (reader: Reader, { text, from }: Token, depth: number): Filter => {
  if (text === '!') {
    const part = readItem(reader, depth + 1);
    return part.kind === 'not' ? part.part : { kind: 'not', part };
  }
  if (text !== '(') throw bad(from, 'a test is missing, such as up or country=FR');
  const group = readGroup(reader, depth + 1);
  const close = reader.tokens[reader.at];
  if (close?.text !== ')' || close.kind !== 'sign') throw bad(placeIn(reader), 'a closing parenthesis is missing');
  reader.at += 1;
  return group;
};

const readTest = (reader: Reader, token: Token): Filter => {
  const op = reader.tokens[reader.at];
  if (token.kind === 'quoted' || op?.kind !== 'op') return bareTest(token);
  const field = filterFields.find((each) => each === token.text.toLowerCase());
  if (field === undefined) throw bad(token.from, `there is no such field; there are ${fieldsText}`);
  reader.at += 1;
  return readComparison(reader, field, op);
};

const readComparison = (reader: Reader, field: FilterField, sign: Token): FilterTest => {
  const row = fieldRows[field];
  const op = filterOps.find((each) => each === sign.text);
  if (op === undefined || !row.ops.includes(op)) throw bad(sign.from, `${field} goes with ${row.ops.join(' ')}`);
  const token = reader.tokens[reader.at];
  const word = token?.kind === 'word' || token?.kind === 'quoted' ? token : undefined;
  if (word === undefined) throw bad(placeIn(reader), `behind ${field}${op} belongs ${row.legal}`);
  reader.at += 1;
  return { kind: 'test', field, op, value: readValue(field, op, word) };
};

const readValue = (field: FilterField, op: FilterOp, { text, from }: Token): string | number => {
  const row = fieldRows[field];
  if (row.unknown !== undefined && text.toLowerCase() === row.unknown) {
    if (op === '=' || op === '!=') return row.unknown;
    throw bad(from, `${row.unknown} goes with = and !=`);
  }
  const value = row.read(text);
  const orElse = row.unknown === undefined ? '' : `, or ${row.unknown}`;
  if (value === undefined) throw bad(from, `${field} is ${row.legal}${orElse}`);
  return value;
};

const bareTest = ({ kind, text, from }: Token): FilterTest => {
  const short = kind === 'word' ? shorthandOf(text) : undefined;
  if (short !== undefined) return { kind: 'test', field: short[0], op: '=', value: short[1] };
  if (text === '') throw bad(from, 'the text to look for is empty');
  return { kind: 'test', field: 'any', op: '~', value: text };
};

const shorthandOf = (text: string): readonly [FilterField, string] | undefined =>
  Object.entries(shorthands).find(([word]) => word === text.toLowerCase())?.[1];

const fieldsText = filterFields.join(', ');

/** What stands around a filter decides whether it needs parentheses. */
const print = (filter: Filter, around: 'top' | 'inside'): string => {
  switch (filter.kind) {
    case 'all':
      return '';
    case 'test':
      return printTest(filter);
    case 'not':
      return `!${print(filter.part, 'inside')}`;
    case 'and':
    case 'or': {
      const parts = filter.parts.map((part) => print(part, 'inside')).join(filter.kind === 'and' ? ', ' : ' | ');
      return around === 'top' ? parts : `(${parts})`;
    }
  }
};

const printTest = ({ field, op, value }: FilterTest): string => {
  if (field === 'any') return isPlain(String(value)) ? quoteWord(String(value)) : `"${value}"`;
  const short = Object.entries(shorthands).find(([, [of, word]]) => of === field && word === value)?.[0];
  if (short !== undefined && op === '=') return short;
  return `${field}${op}${quoteWord(fieldRows[field].write(value))}`;
};

/** A word that stands for itself: no shorthand. */
const isPlain = (text: string): boolean => shorthandOf(text) === undefined;
