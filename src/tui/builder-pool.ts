/** The proxies that are offered while a cascade is being built: known ones, then what was released in the book. */

import type { BookEntry } from '../model/book.js';
import type { BuilderState } from './builder.js';
import type { Look } from './page.js';
import type { ShelfRows } from './shelf.js';
import type { Items } from './window.js';

/** A proxy that is offered; what the book knows of it where it comes from there. */
export interface Offered {
  readonly id: string;
  readonly entry?: BookEntry;
}

/** What is offered: every proxy of a stored cascade and what was typed for this one, then what was released in the book and fits. */
export const poolOf = (builder: BuilderState, look: Look): Items<Offered> => {
  const named = builder.wanted === '' ? namedIn(builder, look) : [];
  const rows = releasedIn(look, builder.wanted);
  return {
    length: named.length + rows.length,
    at: (index) => {
      const id = named[index];
      if (id !== undefined) return { id };
      const entry = rows.at(index - named.length);
      return entry && { id: entry.id, entry };
    },
    key: ({ id }) => id,
  };
};

const namedIn = ({ positions }: BuilderState, { snapshot, stored }: Look): readonly string[] => {
  const known = snapshot.cascades.filter(({ name }) => stored(name) !== undefined);
  const proxies = known.flatMap((cascade) => cascade.positions.flatMap(({ among }): readonly string[] => among));
  return [...new Set([...proxies, ...positions.flatMap(({ among }) => among)])];
};

/** What a filter may give to a route now; proxies with a login are drawn by filters only, since what is stored by name would need it. */
export const releasedIn = ({ shelf }: Look, filter: string, login?: 'any'): ShelfRows => {
  const open = login === 'any' ? 'released' : 'released, login=no';
  return shelf.rows({ filter: filter.trim() === '' ? open : `${open}, (${filter})`, sort: 'rank', reverse: false });
};

/** Moves through the pool. */
export const moveInPool = (builder: BuilderState, look: Look, by: number): BuilderState => ({
  ...builder,
  pool: Math.max(0, Math.min(builder.pool + by, poolOf(builder, look).length - 1)),
});
