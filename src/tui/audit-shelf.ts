/** Audits as views see them: the checks, what the book kept, and which rows are shown; what was worked out is kept until it changes. */

import type { CheckText } from '../model/audit.js';
import type { Grade } from '../model/book.js';
import type { AuditDesk, KeptMode } from '../engine/controller.js';
import type { AuditRow, AuditState } from './audit-state.js';

/** Audits while somebody looks at them. Nothing here throws. */
export interface AuditShelf {
  /** In the order of their names. */
  readonly checks: () => readonly CheckText[];
  readonly meaning: (grade: Grade) => string;
  readonly kept: (proxy: string) => readonly KeptMode[];
  /** The rows that a state shows. */
  readonly shown: (state: AuditState) => readonly AuditRow[];
}

const mostKept = 64;

/** A shelf over a desk; `version` tells of changes of the book. */
export const createAuditShelf = (desk: () => AuditDesk, version: () => number): AuditShelf => {
  const kept = new Map<string, readonly KeptMode[]>();
  let keptAt: number | undefined;
  let checks: readonly CheckText[] | undefined;
  return {
    checks: () => (checks ??= orElse(() => desk().checks.toSorted(byId), [])),
    meaning: (grade) => orElse(() => desk().meaning(grade), ''),
    kept: (proxy) => {
      const now = orElse(version, 0);
      if (now !== keptAt || kept.size > mostKept) kept.clear();
      keptAt = now;
      const known = kept.get(proxy) ?? orElse(() => desk().kept(proxy), []);
      kept.set(proxy, known);
      return known;
    },
    shown: createSieve(),
  };
};

const orElse = <Value>(look: () => Value, otherwise: Value): Value => {
  try {
    return look();
  } catch {
    return otherwise;
  }
};

const byId = ({ id: one }: CheckText, { id: other }: CheckText): number => (one < other ? -1 : 1);

/** Lets rows through that are wanted, and remembers the last answer. */
const createSieve = (): AuditShelf['shown'] => {
  let last: { readonly state: AuditState; readonly shown: readonly AuditRow[] } | undefined;
  const texts = new WeakMap<AuditRow, string>();
  const textOf = (row: AuditRow): string => {
    const text = texts.get(row) ?? searchText(row);
    texts.set(row, text);
    return text;
  };
  return (state) => {
    if (last !== undefined && isSame(last.state, state)) return last.shown;
    const words = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
    const isWanted = (row: AuditRow): boolean =>
      (!state.onlyChanged || row.changed.length > 0) && words.every((word) => textOf(row).includes(word));
    const isAll = words.length === 0 && !state.onlyChanged;
    last = { state, shown: isAll ? state.rows : state.rows.filter(isWanted) };
    return last.shown;
  };
};

const isSame = (one: AuditState, other: AuditState): boolean =>
  one.rows === other.rows && one.filter === other.filter && one.onlyChanged === other.onlyChanged;

/** What a word is looked for in: a check stands for having failed it. */
const searchText = ({ proxy, mode, grade, outcome, exits, findings }: AuditRow): string => {
  const failed = findings.filter(({ answer }) => answer === 'fail').map(({ check }) => check);
  return [proxy, mode ?? '', grade ?? 'no grade', outcome, ...exits, ...failed].join(' ').toLowerCase();
};
