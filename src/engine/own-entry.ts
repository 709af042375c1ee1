/** What the book knows of one proxy, for what is only helped by knowing. */

import type { ProxyId } from '../model/cascade.js';
import type { Candidate, Catalog } from '../model/catalog.js';

/** The entry of that very proxy; undefined where the book does not have it, or cannot be read. */
export const ownEntry = (id: ProxyId, book: Pick<Catalog, 'entry'>): Candidate | undefined => {
  try {
    const entry = book.entry(id);
    return entry?.proxy.id === id ? entry : undefined;
  } catch {
    // A book that cannot be read keeps sessions from being planned; here it only says nothing.
    return undefined;
  }
};
