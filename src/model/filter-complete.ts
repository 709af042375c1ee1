/** What may stand at a place of a filter that is being written. */

import { fieldRows } from './filter-fields.js';
import { shorthands } from './filter-text.js';
import { type Token, cut, quoteWord } from './filter-tokens.js';
import { type FilterField, type FilterOp, filterFields, mostFilterText } from './filter.js';

/** Something that may stand there: the text to put in, and what it means. */
export interface Suggestion {
  readonly text: string;
  readonly what: string;
}

/** Suggestions for the text from `from` up to, not including, `to`; each is whole, and begins as that text does. */
export interface Suggestions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Suggestion[];
}

/** Values that the book has, such as its tags and sources, most useful first. */
export type KnownValues = Readonly<Partial<Record<FilterField, readonly string[]>>>;

const mostItems = 50;

/** What may stand at the cursor of a filter, whole or half. Never throws; what is written behind the cursor does not count. */
export const complete = (text: string, cursor: number, known: KnownValues = {}): Suggestions => {
  const at = placeIn(text, cursor);
  const { tokens, stuckAt } = cut(text.slice(0, Math.min(at, mostFilterText)));
  if (stuckAt !== undefined || at > mostFilterText) return { from: at, to: at, items: [] };
  const typing = halfWord(tokens, at);
  if (typing === undefined) return { from: at, to: at, items: begunWith('', itemsAt(tokens, undefined, known)) };
  const items = begunWith(typing.text, itemsAt(tokens.slice(0, -1), typing, known));
  if (items.length === 0 && typing.kind === 'word') return { from: at, to: at, items: signsBehind(tokens) };
  return { from: typing.from, to: at, items };
};

const placeIn = (text: string, cursor: number): number => Math.max(0, Math.min(cursor, text.length)) || 0;

/** The word that ends at the cursor, or the quote that is open there. */
const halfWord = (tokens: readonly Token[], at: number): Token | undefined => {
  const last = tokens.at(-1);
  return last?.to === at && (last.kind === 'word' || last.open === true) ? last : undefined;
};

const begunWith = (begun: string, items: readonly Item[]): readonly Suggestion[] =>
  items
    .filter(({ key }) => key.toLowerCase().startsWith(begun.toLowerCase()))
    .slice(0, mostItems)
    .map(({ text, what }) => ({ text, what }));

/** `key` is what the begun text is compared with: the value without its quotes. */
type Item = Suggestion & { readonly key: string };

const itemsAt = (before: readonly Token[], typing: Token | undefined, known: KnownValues): readonly Item[] => {
  const [name, last] = [before.at(-2), before.at(-1)];
  if (last?.kind === 'op') return valuesOf(fieldOf(name), last.text, known);
  if (last === undefined || (last.kind === 'sign' && last.text !== ')')) {
    return typing?.kind === 'quoted' ? [] : starts(last);
  }
  return typing === undefined ? signsBehind(before).map(asItem) : [];
};

const asItem = ({ text, what }: Suggestion): Item => ({ text, what, key: text });

const fieldOf = (token: Token | undefined): FilterField | undefined =>
  token?.kind === 'word' ? filterFields.find((field) => field === token.text.toLowerCase()) : undefined;

const valuesOf = (field: FilterField | undefined, op: string, known: KnownValues): readonly Item[] => {
  if (field === undefined) return [];
  const row = fieldRows[field];
  const unknown = row.unknown !== undefined && (op === '=' || op === '!=') ? [row.unknown] : [];
  const words = [...new Set([...(known[field] ?? []), ...row.words, ...unknown])];
  return words.map((word) => ({ text: quoteWord(word), what: row.what, key: word }));
};

const starts = (last: Token | undefined): readonly Item[] => {
  const words = Object.entries(shorthands).map(([word, [field, value]]) => ({
    text: word,
    what: `${field}=${value}`,
    key: word,
  }));
  const fields = filterFields
    .filter((field) => field !== 'any')
    .map((field) => ({ text: field, what: fieldRows[field].what, key: field }));
  const signs = [
    { text: '(', what: 'tests that belong together' },
    ...(last?.text === '!' ? [] : [{ text: '!', what: 'not' }]),
  ];
  return [...words, ...fields, ...signs.map(asItem)];
};

const opNames: Readonly<Record<FilterOp, string>> = {
  '=': 'is',
  '!=': 'is not',
  '>=': 'is at least',
  '<=': 'is at most',
  '>': 'is more than',
  '<': 'is less than',
  '~': 'has in it',
};

/** What may follow the last token, which is whole: a comparison behind a field, else what joins tests or ends a group. */
const signsBehind = (tokens: readonly Token[]): readonly Suggestion[] => {
  const isValue = tokens.at(-2)?.kind === 'op';
  const field = isValue ? undefined : fieldOf(tokens.at(-1));
  const ops = field === undefined ? [] : fieldRows[field].ops.map((op) => ({ text: op, what: opNames[op] }));
  if (field !== undefined && shorthands[field] === undefined) return ops;
  return [...ops, ...joints(tokens)];
};

const joints = (tokens: readonly Token[]): readonly Suggestion[] => {
  const group = groupOf(tokens);
  return [
    ...(group.joint === '|' ? [] : [{ text: ',', what: 'and' }]),
    ...(group.joint === ',' ? [] : [{ text: '|', what: 'or' }]),
    ...(group.depth === 0 ? [] : [{ text: ')', what: 'end of what belongs together' }]),
  ];
};

/** The group that a place is in: how deep, and what joins its tests so far. */
const groupOf = (tokens: readonly Token[]): { readonly depth: number; readonly joint?: string } => {
  const joints: (string | undefined)[] = [undefined];
  for (const { kind, text } of tokens) {
    if (kind !== 'sign') continue;
    if (text === '(') joints.push(undefined);
    else if (text === ')') joints.pop();
    else if (text !== '!') joints[joints.length - 1] = text;
  }
  const joint = joints.at(-1);
  return { depth: Math.max(0, joints.length - 1), ...(joint === undefined ? {} : { joint }) };
};
