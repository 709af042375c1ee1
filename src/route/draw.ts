/** Draws a whole route at once: most often by a few lucky draws, else by looking on in order of preference, else by a search that misses none. */

import type { Proxy } from '../model/cascade.js';
import { type Crowd, type Exact, type Placed, createExact } from './exact.js';
import { type Layout, keysAt } from './keys.js';
import type { Standing } from './rules.js';

/** A place of a cascade to be filled. */
export interface Place extends Crowd {
  /** The preferred ones, best first, by number from 0; undefined behind the last. The same for the same number. */
  readonly preferred: (nth: number) => Standing | undefined;
  /** One at random, by its weight; missing where the order of preference decides. */
  readonly sample?: () => Standing | undefined;
}

/** What a draw goes by. */
export interface Draw {
  readonly layout: Layout;
  readonly places: readonly Place[];
  /** The few that decide at each place, as long as the book and the cascade stay as they are. */
  readonly few: () => readonly (readonly Placed[])[];
  /** Whether a proxy may stand at a place, whoever stands beside it. */
  readonly mayStand: (standing: Standing, at: number) => boolean;
  /** Whether a proxy is not down itself, whatever way leads to it. */
  readonly isUp: (proxy: Proxy) => boolean;
  /** Whether the way from the hop before is neither down nor barred; `from` is missing for the first. */
  readonly isOpen: (to: Proxy, from?: Proxy) => boolean;
  /** Whether this session does not take a way again, up or down. */
  readonly isBarred: (to: Proxy, from?: Proxy) => boolean;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
}

const mostTries = 40;
const mostLooks = 4_000;
const mostPreferred = 2_000;

/** One proxy for every place; undefined only where no row of proxies keeps all rules. */
export const draw = (drawn: Draw): readonly Standing[] | undefined => {
  const found = sampled(drawn) ?? lookedFor(drawn) ?? searchedFor(drawn);
  return found?.map(({ standing }) => standing);
};

/** Whole rows at random, so that a row is drawn as likely as its proxies are together. */
const sampled = (drawn: Draw): readonly Placed[] | undefined => {
  if (drawn.places.some(({ sample }) => sample === undefined)) return undefined;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const row = sampleRow(drawn);
    if (row !== undefined) return row;
  }
  return undefined;
};

const sampleRow = (drawn: Draw): readonly Placed[] | undefined => {
  const row: Placed[] = [];
  const taken = new Set<string>();
  for (const [at, place] of drawn.places.entries()) {
    const standing = place.sample?.();
    const placed = standing && fitting(standing, { at, taken, before: row.at(-1) }, drawn);
    if (placed === undefined) return undefined;
    row.push(placed);
    for (const key of placed.keys) taken.add(key);
  }
  return row;
};

interface Spot {
  readonly at: number;
  readonly taken: ReadonlySet<string>;
  readonly before: Placed | undefined;
}

/** A proxy with its keys where it may stand behind those before it. */
const fitting = (standing: Standing, { at, taken, before }: Spot, drawn: Draw): Placed | undefined => {
  const keys = keysAt(standing, at, drawn.layout);
  if (keys.some((key) => taken.has(key))) return undefined;
  if (!drawn.mayStand(standing, at) || !drawn.isOpen(standing.proxy, before?.standing.proxy)) return undefined;
  return { standing, keys };
};

/** The first row in the order of preference, place by place, if it is found with few looks. */
const lookedFor = (drawn: Draw): readonly Placed[] | undefined => {
  const looks = { left: mostLooks };
  const from = (row: readonly Placed[], taken: ReadonlySet<string>): readonly Placed[] | undefined => {
    const place = drawn.places[row.length];
    if (place === undefined) return row;
    for (let nth = 0; nth < mostPreferred && looks.left > 0; nth += 1) {
      const standing = place.preferred(nth);
      if (standing === undefined) return undefined;
      looks.left -= 1;
      const placed = fitting(standing, { at: row.length, taken, before: row.at(-1) }, drawn);
      const found = placed && from([...row, placed], new Set([...taken, ...placed.keys]));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return from([], new Set());
};

/** The same without a limit: whoever is preferred is taken as soon as the search knows that the row can be ended. */
const searchedFor = (drawn: Draw): readonly Placed[] | undefined => {
  const exact = exactOf(drawn);
  if (!exact.leadsOn([])) return undefined;
  const row: Placed[] = [];
  for (const at of drawn.places.keys()) {
    const next = nextIn(drawn, exact, row);
    if (next === undefined) return undefined;
    row[at] = next;
  }
  return row;
};

const exactOf = ({ layout, places, few, mayStand, isUp, isOpen }: Draw): Exact =>
  createExact(
    {
      ...{ layout, isOpen, places },
      mayStand: (standing, at) => mayStand(standing, at) && (at === 0 ? isOpen(standing.proxy) : isUp(standing.proxy)),
    },
    few(),
  );

/** Whoever is preferred and leads on; else one of the few that decide, of whom one does. */
const nextIn = (drawn: Draw, exact: Exact, row: readonly Placed[]): Placed | undefined => {
  const at = row.length;
  const taken = new Set(row.flatMap(({ keys }) => keys));
  const fits = (standing: Standing | undefined): Placed | undefined => {
    const placed = standing && fitting(standing, { at, taken, before: row.at(-1) }, drawn);
    return placed !== undefined && exact.leadsOn([...row, placed]) ? placed : undefined;
  };
  for (let nth = 0; nth < mostPreferred; nth += 1) {
    const standing = drawn.places[at]?.preferred(nth);
    if (standing === undefined) break;
    const found = fits(standing);
    if (found !== undefined) return found;
  }
  return shuffled(exact.few[at] ?? [], drawn.random)
    .map(({ standing }) => fits(standing))
    .find((placed) => placed !== undefined);
};

/** Every order is as likely as any other (Fisher and Yates). */
export const shuffled = <Item>(items: readonly Item[], random: () => number): readonly Item[] => {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const at = Math.floor(random() * (last + 1));
    const [one, other] = [order[last], order[at]];
    if (one !== undefined && other !== undefined) [order[last], order[at]] = [other, one];
  }
  return order;
};
