/** Who may be asked before its turn: what audits have found of that in the book, less what dials have shown since. */

import type { Proxy, ProxyId } from '../model/cascade.js';
import type { Catalog } from '../model/catalog.js';
import type { Behind, Early } from '../model/early.js';

/** So many losers are remembered, until the program ends. */
const mostLosers = 10_000;

/** Only what was found of that very proxy counts: what the book does not know, or cannot tell, is not known. */
export const createEarly = (book: Pick<Catalog, 'entry'> | undefined): Early => {
  const losers = new Set<ProxyId>();
  return {
    keeps: ({ id }, behind) => book !== undefined && !losers.has(id) && keptBy(id, book).includes(behind),
    lost: ({ id }: Proxy) => {
      if (losers.size >= mostLosers) losers.clear();
      losers.add(id);
    },
  };
};

const keptBy = (id: ProxyId, book: Pick<Catalog, 'entry'>): readonly Behind[] => {
  try {
    const entry = book.entry(id);
    return entry?.proxy.id === id ? (entry.keeps ?? []) : [];
  } catch {
    // A book that cannot be read keeps sessions from being planned; here it only says nothing.
    return [];
  }
};
