/** How the book sorts: what is known first, in the order wanted, and what is not known behind it, whichever way round. */

import type { SortKey } from '../model/book.js';

/** A part of the whole order, one behind the other. */
export interface Stretch {
  /** Which proxies are in it. */
  readonly where: string;
  readonly by: string;
}

interface Order {
  /** Where the fact is known; missing where it always is. */
  readonly known?: string;
  readonly by: readonly string[];
  /** The usual direction: the best first. */
  readonly best: 'least' | 'most';
}

const orders: Readonly<Record<SortKey, Order>> = {
  rank: { known: 'rank IS NOT NULL', by: ['rank'], best: 'most' },
  address: { by: ['host', 'port', 'scheme', 'login'], best: 'least' },
  scheme: { by: ['scheme'], best: 'least' },
  country: { known: "countries <> ''", by: ['countries'], best: 'least' },
  grade: { known: 'tunnel IS NOT NULL', by: ['tunnel'], best: 'most' },
  availability: { known: 'floor IS NOT NULL', by: ['floor'], best: 'most' },
  latency: { known: 'latency IS NOT NULL', by: ['latency'], best: 'least' },
  exit: { known: "exits <> ''", by: ['exits'], best: 'least' },
  sources: { by: ['sources'], best: 'most' },
  // The key grows with time, so that the order of keys is that of age.
  age: { by: [], best: 'most' },
};

/** The stretches of an order. `reversed` turns what is known round, the worst first. */
export const stretchesOf = (sort: SortKey, reversed: 'reversed' | 'usual'): readonly Stretch[] => {
  const { known, by, best } = orders[sort];
  const way = (best === 'most') === (reversed === 'usual') ? 'DESC' : 'ASC';
  const sorted = [...by, 'key'].map((column) => `${column} ${way}`).join(', ');
  if (known === undefined) return [{ where: '1', by: sorted }];
  return [
    { where: known, by: sorted },
    { where: `NOT (${known})`, by: 'key ASC' },
  ];
};
