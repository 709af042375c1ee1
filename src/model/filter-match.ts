/** Applies filters to proxies of the book. */

import type { BookEntry, Stamp } from './book.js';
import { fieldRows, orderOf } from './filter-fields.js';
import type { Filter, FilterOp, FilterTest } from './filter.js';

/** Whether a filter means a proxy. */
export const match = (filter: Filter, entry: BookEntry, now: Stamp): boolean => {
  switch (filter.kind) {
    case 'all':
      return true;
    case 'and':
      return filter.parts.every((part) => match(part, entry, now));
    case 'or':
      return filter.parts.some((part) => match(part, entry, now));
    case 'not':
      return !match(filter.part, entry, now);
    case 'test':
      return passes(filter, entry, now);
  }
};

const passes = ({ field, op, value }: FilterTest, entry: BookEntry, now: Stamp): boolean => {
  const row = fieldRows[field];
  const facts = row.of(entry, now);
  if (value === row.unknown) return (facts === undefined) === (op === '=');
  if (facts === undefined) return false;
  if (op === '!=') return !facts.some((fact) => holds(fact, '=', value));
  return facts.some((fact) => holds(fact, op, value));
};

/** Grades are the only words with an order. */
const holds = (fact: string | number, op: Exclude<FilterOp, '!='>, value: string | number): boolean => {
  if (op === '~') return fold(fact).includes(fold(value));
  if (op === '=') return typeof fact === 'number' ? fact === value : fold(fact) === fold(value);
  const [one, other] = [rankOf(fact), rankOf(value)];
  switch (op) {
    case '>=':
      return one >= other;
    case '<=':
      return one <= other;
    case '>':
      return one > other;
    case '<':
      return one < other;
  }
};

const rankOf = (value: string | number): number => (typeof value === 'number' ? value : orderOf(value));

const fold = (value: string | number): string => String(value).toLowerCase();
