/** The routes that cascades have drawn from the book lately: what there is of such a cascade to be judged and probed. */

import { type At, type Millis, since } from '../model/brand.js';
import { type Cascade, type CascadeId, type Proxy, labelCascade } from '../model/cascade.js';
import type { Route } from '../model/route.js';
import { printRules } from '../model/rules.js';

/** What is asked of the world. */
export interface DrawnParts {
  readonly clock: () => At;
  /** A row that no session has taken for so long says nothing of the next one. */
  readonly idle: Millis;
  /** So long it is not tried again to draw where nothing was left: to find that out may be costly. */
  readonly interval: Millis;
  /** Whether a proxy may be in a route at all. */
  readonly mayPass: (proxy: Proxy) => boolean;
  /** Whether every hop of a row, and every way between two, may still be taken. */
  readonly isWhole: (route: Route) => boolean;
  /** A route as a session without a name would get it; undefined where there is none. */
  readonly draw: (cascade: Cascade) => Route | undefined;
}

/** The rows of every cascade with filters. */
export interface Drawn {
  /** A session went this way. */
  readonly took: (route: Route) => void;
  /** The latest rows, the last one first, without those that may not be taken any more. */
  readonly rows: (cascade: Cascade) => readonly Route[];
  /** The same, and a new one where none of them is whole, as the next session would get one. */
  readonly rowsToProbe: (cascade: Cascade) => readonly Route[];
  /** Whether there was nothing left to be drawn when it was tried last. */
  readonly isDry: (cascade: CascadeId) => boolean;
}

/** More are not probed: a filter may mean thousands. */
const mostRows = 4;

interface Row {
  readonly route: Route;
  readonly at: At;
}

interface Rows {
  /** What the cascade was: rows of another one under the same name say nothing. */
  label?: string;
  rows: readonly Row[];
  /** When there was nothing left to be drawn. */
  dryAt?: At;
}

/** Rows of nothing yet. */
export const createDrawn = (parts: DrawnParts): Drawn => {
  const { clock, idle, mayPass, isWhole, draw } = parts;
  const known = new Map<CascadeId, Rows>();
  const rowsOf = (cascade: CascadeId): Rows => {
    const rows = known.get(cascade) ?? { rows: [] };
    known.set(cascade, rows);
    return rows;
  };
  const took = (route: Route): void => {
    const its = rowsOf(route.cascade);
    const others = its.rows.filter((row) => !isSame(row.route, route));
    its.rows = [{ route, at: clock() }, ...others].slice(0, mostRows);
    delete its.dryAt;
  };
  const rows = (cascade: Cascade): readonly Route[] => {
    const its = rowsOf(cascade.id);
    const label = `${labelCascade(cascade)}${printRules(cascade.rules)}`;
    if ((its.label ??= label) !== label) [its.label, its.rows] = [label, []];
    its.rows = its.rows.filter(({ route, at }) => since(at, clock()) < idle && route.hops.every(mayPass));
    return its.rows.map(({ route }) => route);
  };
  return {
    took,
    rows,
    rowsToProbe: (cascade) => {
      const before = rows(cascade);
      const its = rowsOf(cascade.id);
      const isStillDry = its.dryAt !== undefined && since(its.dryAt, clock()) < parts.interval;
      if (isStillDry || before.some(isWhole)) return before;
      const route = draw(cascade);
      if (route !== undefined) took(route);
      else its.dryAt = clock();
      return route === undefined ? before : rows(cascade);
    },
    isDry: (cascade) => known.get(cascade)?.dryAt !== undefined,
  };
};

const isSame = ({ hops: one }: Route, { hops: other }: Route): boolean =>
  one.length === other.length && one.every(({ id }, index) => id === other[index]?.id);
