/** How long proxies bear connections on which nothing is said: what audits have found of that in the book, less what has ended sooner since. */

import { type Millis, millis } from '../model/brand.js';
import type { ProxyId } from '../model/cascade.js';
import type { Catalog } from '../model/catalog.js';
import type { Lives } from '../model/spare.js';
import { ownEntry } from './own-entry.js';

/** So many that ended sooner are remembered, until the program ends. */
const mostEnded = 10_000;

/** Only what was found of that very proxy counts: what the book does not know, or cannot tell, is not known. */
export const createLives = (book: Pick<Catalog, 'entry' | 'version'> | undefined): Lives => {
  const ended = new Map<ProxyId, Millis>();
  return {
    of: ({ id }) => {
      const found = book && ownEntry(id, book)?.spareLife?.after;
      return found && millis(Math.min(found, ended.get(id) ?? found));
    },
    ended: ({ id }, after) => {
      const before = ended.get(id) ?? after;
      if (ended.size >= mostEnded) ended.clear();
      ended.set(id, millis(Math.min(before, after)));
    },
    version: () => {
      try {
        return book?.version();
      } catch {
        // What cannot be told may have changed.
        return {};
      }
    },
  };
};
