/**
 * Picks one item at every place so that no two of them share a key, if that can be done at all. Rules that keep two hops
 * apart (a network block, a country, a way that is down) are all keys, so that this is the whole question of a drawn route.
 */

/** What an item must not have in common with those at other places. The first letter says which kind of key it is. */
export type Keys = readonly string[];

/** An item and its keys. */
export interface Item {
  readonly keys: Keys;
}

/** Steps of a search after which it is given up: no book that we know of takes a hundredth of them. */
const mostSteps = 100_000;

/**
 * The few items of a place that decide: whatever up to `most` keys are taken elsewhere, if any item is free of them, one of
 * these is. Items that have a core of keys in common and are apart otherwise stand for one another, so that `most` + 1 of
 * them are enough (the sunflower lemma); where there are fewer, each item has one of their keys, and is looked at with it as core.
 */
export const kernelOf = <Kept extends Item>(items: readonly Kept[], most: number): readonly Kept[] => {
  const kept = new Set<Kept>();
  keep(items, { most, core: new Set(), kept, seen: new Set() });
  return [...kept];
};

interface Keeping<Kept> {
  readonly most: number;
  readonly core: ReadonlySet<string>;
  readonly kept: Set<Kept>;
  /** Cores that were looked at, by whatever way they were come to. */
  readonly seen: Set<string>;
}

const keep = <Kept extends Item>(items: readonly Kept[], keeping: Keeping<Kept>): void => {
  const { most, kept, seen } = keeping;
  if (items.length <= most + 1) {
    for (const item of items) kept.add(item);
    return;
  }
  const core = new Set([...keeping.core, ...commonKeys(items)]);
  const name = [...core].sort().join();
  if (seen.has(name)) return;
  seen.add(name);
  const { apart, hubs } = apartIn(items, core, most);
  if (apart.length > most || hubs.size === 0) {
    for (const item of apart) kept.add(item);
    return;
  }
  for (const [hub, some] of byHub(items, hubs)) keep(some, { most, core: new Set([...core, hub]), kept, seen });
};

/** Items that have nothing but the core in common, up to one more than `most`, and their keys; one that has the core alone is enough. */
const apartIn = <Kept extends Item>(items: readonly Kept[], core: ReadonlySet<string>, most: number) => {
  const hubs = new Set<string>();
  const apart: Kept[] = [];
  for (const item of items) {
    const own = item.keys.filter((key) => !core.has(key));
    if (own.length === 0) return { apart: [item], hubs: new Set<string>() };
    if (own.some((key) => hubs.has(key))) continue;
    apart.push(item);
    for (const key of own) hubs.add(key);
    if (apart.length > most) break;
  }
  return { apart, hubs };
};

const commonKeys = ([first, ...others]: readonly Item[]): Keys =>
  (first?.keys ?? []).filter((key) => others.every(({ keys }) => keys.includes(key)));

const byHub = <Kept extends Item>(items: readonly Kept[], hubs: ReadonlySet<string>): ReadonlyMap<string, Kept[]> => {
  const found = new Map<string, Kept[]>();
  for (const item of items) {
    for (const key of item.keys) {
      if (!hubs.has(key)) continue;
      const some = found.get(key);
      if (some === undefined) found.set(key, [item]);
      else some.push(item);
    }
  }
  return found;
};

/** One item for every place, in order, none with a key in `taken`; undefined where there is no such row. `places` may be kernels. */
export const solve = <Kept extends Item>(
  places: readonly (readonly Kept[])[],
  taken: ReadonlySet<string> = new Set(),
): readonly Kept[] | undefined => {
  const row: (Kept | undefined)[] = places.map(() => undefined);
  const steps = { left: mostSteps };
  const open = places.map((items, at) => ({ at, items: items.filter((item) => isFree(item, taken)) }));
  return search(open, row, steps) ? row.flatMap((item) => item ?? []) : undefined;
};

interface Open<Kept> {
  readonly at: number;
  readonly items: readonly Kept[];
}

const isFree = ({ keys }: Item, taken: ReadonlySet<string>): boolean => !keys.some((key) => taken.has(key));

/** Fills the place with the fewest items first. */
const search = <Kept extends Item>(
  open: readonly Open<Kept>[],
  row: (Kept | undefined)[],
  steps: { left: number },
): boolean => {
  const [first] = open;
  if (first === undefined) return true;
  steps.left -= 1;
  if (steps.left < 0 || open.some(({ items }) => items.length === 0) || !mayFit(open)) return false;
  const next = open.reduce((one, other) => (other.items.length < one.items.length ? other : one), first);
  for (const item of next.items) {
    row[next.at] = item;
    const taken = new Set(item.keys);
    const rest = open.flatMap(({ at, items }) =>
      at === next.at ? [] : [{ at, items: items.filter((other) => isFree(other, taken)) }],
    );
    if (search(rest, row, steps)) return true;
  }
  return false;
};

/** No row, where places whose items all have a key of some kind are more than keys of that kind to go round (Hall's condition). */
const mayFit = (open: readonly Open<Item>[]): boolean => {
  if (open.length < 3) return true;
  const kinds = new Set(open[0]?.items.flatMap(({ keys }) => keys.map(kindOf)));
  return [...kinds].every((kind) => {
    const needy = open.flatMap(({ items }) => {
      const keys = items.map((item) => item.keys.filter((key) => kindOf(key) === kind));
      return keys.some((own) => own.length === 0) ? [] : [[...new Set(keys.flat())]];
    });
    return canMatch(needy);
  });
};

const kindOf = (key: string): string => key.charAt(0);

/** Whether every row of keys can have a key of its own (Kuhn's augmenting paths). */
const canMatch = (rows: readonly (readonly string[])[]): boolean => {
  const owner = new Map<string, number>();
  const claim = (row: number, seen: Set<string>): boolean =>
    (rows[row] ?? []).some((key) => {
      if (seen.has(key)) return false;
      seen.add(key);
      const before = owner.get(key);
      if (before !== undefined && !claim(before, seen)) return false;
      owner.set(key, row);
      return true;
    });
  return rows.every((keys, row) => keys.length >= rows.length || claim(row, new Set()));
};

/** How many rows there are, as far as it is worth to count. */
export interface Counted {
  readonly rows: number;
  /** There are more, or there may be. */
  readonly more: boolean;
}

/** Counts rows up to `most`, and looks at no more than a bounded number of items for it. */
export const countRows = (places: readonly (readonly Item[])[], most: number): Counted => {
  const budget = { looks: 400_000, rows: 0, most };
  const order = [...places].sort((one, other) => one.length - other.length);
  if (order.length > 0) countFrom(order, 0, { taken: new Set(), budget });
  const over = budget.rows > most;
  return { rows: Math.min(budget.rows, most), more: over || budget.looks < 0 };
};

interface Counting {
  readonly taken: ReadonlySet<string>;
  readonly budget: { looks: number; rows: number; readonly most: number };
}

const countFrom = (places: readonly (readonly Item[])[], at: number, { taken, budget }: Counting): void => {
  for (const item of places[at] ?? []) {
    budget.looks -= 1;
    if (budget.looks < 0 || budget.rows > budget.most) return;
    if (!isFree(item, taken)) continue;
    if (at === places.length - 1) budget.rows += 1;
    else countFrom(places, at + 1, { taken: new Set([...taken, ...item.keys]), budget });
  }
};
