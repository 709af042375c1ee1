/** Who may be asked before its turn: what audits have found of that in the book, less what dials have shown since. */

import type { Proxy, ProxyId } from '../model/cascade.js';
import type { Catalog } from '../model/catalog.js';
import type { Early } from '../model/early.js';
import { ownEntry } from './own-entry.js';

/** So many losers are remembered, until the program ends. */
const mostLosers = 10_000;

/** Only what was found of that very proxy counts: what the book does not know, or cannot tell, is not known. */
export const createEarly = (book: Pick<Catalog, 'entry'> | undefined): Early => {
  const losers = new Set<ProxyId>();
  return {
    keeps: ({ id }, behind) =>
      book !== undefined && !losers.has(id) && ownEntry(id, book)?.keeps?.includes(behind) === true,
    lost: ({ id }: Proxy) => {
      if (losers.size >= mostLosers) losers.clear();
      losers.add(id);
    },
  };
};
