/** A long list of which a window is shown: what is chosen stays chosen when the list changes, and stays in sight. */

/** Where somebody is in a list. */
export interface Place {
  /** The key of the chosen item; the one at `at` where it is missing or gone. */
  readonly key?: string | number;
  readonly at: number;
  /** The first item in sight. */
  readonly top: number;
}

/** At the start. */
export const startPlace: Place = { at: 0, top: 0 };

/** How to move. */
export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'home' | 'end' | { readonly to: number };

/** Reads items by their place; only those in the window are ever asked for. */
export interface Items<Item> {
  readonly length: number;
  readonly at: (index: number) => Item | undefined;
  readonly key: (item: Item) => string | number;
  /** Where an item with a key is, for lists that are not to be gone through. */
  readonly find?: (key: string | number) => number | undefined;
}

/** The chosen index: where the chosen item is now, else as near as can be to where it was. */
export const chosenIndex = <Item>(items: Items<Item>, place: Place): number => {
  const last = items.length - 1;
  if (place.key === undefined) return clamp(place.at, last);
  const here = items.at(place.at);
  if (here !== undefined && items.key(here) === place.key) return place.at;
  if (items.find !== undefined) return clamp(items.find(place.key) ?? place.at, last);
  for (let index = 0; index < items.length; index += 1) {
    const item = items.at(index);
    if (item !== undefined && items.key(item) === place.key) return index;
  }
  return clamp(place.at, last);
};

/** The place after a move, with so many rows in sight. */
export const move = <Item>(items: Items<Item>, place: Place, how: Move, rows: number): Place => {
  const at = clamp(targetOf(items, place, how, Math.max(1, rows - 1)), items.length - 1);
  const item = items.at(at);
  const top = topFor(at, place.top, rows, items.length);
  return item === undefined ? { at: 0, top: 0 } : { key: items.key(item), at, top };
};

const targetOf = <Item>(items: Items<Item>, place: Place, how: Move, page: number): number => {
  const now = chosenIndex(items, place);
  if (typeof how === 'object') return how.to;
  return {
    up: now - 1,
    down: now + 1,
    'page-up': now - page,
    'page-down': now + page,
    home: 0,
    end: items.length - 1,
  }[how];
};

/** The items in sight, with the chosen one among them. */
export const inSight = <Item>(
  items: Items<Item>,
  place: Place,
  rows: number,
): { readonly items: readonly Item[]; readonly top: number; readonly chosen: number } => {
  const chosen = chosenIndex(items, place);
  const top = topFor(chosen, place.top, rows, items.length);
  const count = Math.max(0, Math.min(rows, items.length - top));
  const seen = Array.from({ length: count }, (_, index) => items.at(top + index)).filter((item) => item !== undefined);
  return { items: seen, top, chosen };
};

/** The items of an array. */
export const itemsOf = <Item>(all: readonly Item[], key: (item: Item) => string | number): Items<Item> => ({
  length: all.length,
  at: (index) => all[index],
  key,
});

const topFor = (at: number, top: number, rows: number, length: number): number => {
  const lowest = Math.max(0, at - rows + 1);
  return Math.min(Math.max(top, lowest), at, Math.max(0, length - rows));
};

const clamp = (index: number, last: number): number => Math.max(0, Math.min(index, last));
