/** What the page of audits remembers: the run, and one row for each mode of each proxy that was looked at, the worst first. */

import type { AuditOutcome, AuditProgress, AuditReport, CheckId, Mode, ModeReport, Tier } from '../model/audit.js';
import { type Stamp, grades } from '../model/book.js';
import type { AuditWish, KeptMode } from '../engine/controller.js';
import type { Look, Model } from './page.js';
import { type Items, type Place, chosenIndex, itemsOf, startPlace } from './window.js';

/** One mode of a proxy; without a mode where it works in none. */
export interface AuditRow extends Partial<Pick<ModeReport, 'mode' | 'grade'>>, Omit<ModeReport, 'mode' | 'grade'> {
  readonly key: string;
  readonly proxy: string;
  readonly outcome: AuditOutcome;
  readonly at: Stamp;
  readonly tier: Tier;
  readonly judges?: number;
  readonly changed: readonly CheckId[];
  /** It is of an earlier sitting, as the book kept it. */
  readonly isKept: boolean;
}

/** A run of this sitting, and what became of it. */
export interface AuditRun {
  readonly of: AuditWish['of'];
  readonly tier: Tier;
  readonly phase: 'running' | 'stopping' | 'ended' | 'stopped' | 'failed';
  readonly progress?: AuditProgress;
  /** The last ones that it told, oldest first. */
  readonly notices: readonly string[];
  readonly reports: number;
  /** Why it has failed, and what to do. */
  readonly why?: string;
}

/** Where somebody is among the results. */
export interface AuditState {
  readonly run?: AuditRun;
  /** In the order in which they are shown. */
  readonly rows: readonly AuditRow[];
  /** The checks that were asked of any of them. */
  readonly asked: ReadonlySet<CheckId>;
  readonly place: Place;
  /** The first column of checks in sight. */
  readonly left: number;
  readonly filter: string;
  /** Rows are shown only where something changed since the last time. */
  readonly onlyChanged: boolean;
}

/** Before the first run. */
export const startAudits: AuditState = {
  ...{ rows: [], asked: new Set(), place: startPlace },
  ...{ left: 0, filter: '', onlyChanged: false },
};

/** A model with another state of the page. */
export const withAudits = (model: Model, change: Partial<AuditState>): Model => ({
  ...model,
  audits: { ...model.audits, ...change },
});

/** Whether a run is under way; another one waits for its end. */
export const isRunning = ({ audits: { run } }: Model): boolean => run?.phase === 'running' || run?.phase === 'stopping';

/** A model whose run has changed. */
export const withRun = (model: Model, change: Partial<AuditRun>): Model =>
  model.audits.run === undefined ? model : withAudits(model, { run: { ...model.audits.run, ...change } });

/** What came since the last time it was looked at. */
export interface News {
  readonly rows: readonly AuditRow[];
  readonly reports: number;
  readonly progress?: AuditProgress;
  readonly notices: readonly string[];
}

const mostNotices = 3;

/** The model after news: rows of a proxy take the place of its earlier ones; what was kept takes the place of none. */
export const takeNews = (model: Model, { rows, reports, progress, notices }: News): Model => {
  const { audits } = model;
  const asked = rows.length === 0 ? audits.asked : new Set([...audits.asked, ...rows.flatMap(askedIn)]);
  const next = withAudits(model, { rows: merged(audits.rows, rows), asked });
  const { run } = audits;
  if (run === undefined) return next;
  return withRun(next, {
    ...(progress === undefined ? {} : { progress }),
    notices: [...run.notices, ...notices].slice(-mostNotices),
    reports: run.reports + reports,
  });
};

const askedIn = ({ findings }: AuditRow): readonly CheckId[] =>
  findings.filter(({ answer }) => answer !== 'does-not-apply').map(({ check }) => check);

const merged = (before: readonly AuditRow[], more: readonly AuditRow[]): readonly AuditRow[] => {
  if (more.length === 0) return before;
  const fresh = withoutOlder(before, more);
  const proxies = new Set(fresh.map(({ proxy }) => proxy));
  // The last report of a proxy is the one that counts.
  const last = new Map(fresh.map((row) => [row.key, row]));
  const left = before.filter(({ proxy }) => !proxies.has(proxy));
  return putIn(left, [...last.values()].sort(compare));
};

/** What was kept is older than any report of this sitting. */
const withoutOlder = (before: readonly AuditRow[], more: readonly AuditRow[]): readonly AuditRow[] => {
  if (!more.some(({ isKept }) => isKept)) return more;
  const seen = new Set(before.filter(({ isKept }) => !isKept).map(({ proxy }) => proxy));
  return more.filter(({ isKept, proxy }) => !isKept || !seen.has(proxy));
};

/** A few rows put into many, both in order: places are searched by halves, so that a long run stays cheap. */
const putIn = (many: readonly AuditRow[], few: readonly AuditRow[]): readonly AuditRow[] => {
  const rows: AuditRow[] = [];
  let from = 0;
  for (const row of few) {
    const to = placeFor(row, many, from);
    for (; from < to; from += 1) rows.push(many[from] ?? row);
    rows.push(row);
  }
  return rows.concat(many.slice(from));
};

/** Behind all rows that come before it. */
const placeFor = (row: AuditRow, rows: readonly AuditRow[], from: number): number => {
  let [low, high] = [from, rows.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const there = rows[middle];
    if (there !== undefined && compare(there, row) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

const compare = (one: AuditRow, other: AuditRow): number =>
  rankOf(one) - rankOf(other) || order(one.proxy, other.proxy) || order(one.mode ?? '', other.mode ?? '');

const order = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);

const outcomes: readonly AuditOutcome[] = ['audited', 'inconclusive', 'not-a-proxy', 'needs-auth', 'dead'];

/** The worst grade first, then what has none, then what is no working proxy. */
const rankOf = ({ grade, outcome }: AuditRow): number =>
  grade === undefined ? grades.length + outcomes.indexOf(outcome) : grades.indexOf(grade);

/** A report as rows. */
export const rowsOfReport = (report: AuditReport, changed: readonly CheckId[]): readonly AuditRow[] => {
  const { proxy, at, tier, outcome, judges, sentence } = report;
  const shared = { proxy, at, tier, outcome, judges, isKept: false };
  if (report.modes.length === 0)
    return [{ ...shared, key: keyOf(proxy), sentence, findings: [], exits: [], changed: [] }];
  return report.modes.map((mode) => {
    const own = mode.findings.map(({ check }) => check);
    return { ...shared, ...mode, key: keyOf(proxy, mode.mode), changed: changed.filter((id) => own.includes(id)) };
  });
};

/** What the book kept of a proxy, as rows. */
export const rowsOfKept = (proxy: string, kept: readonly KeptMode[]): readonly AuditRow[] =>
  kept.map((mode) => ({ ...mode, proxy, key: keyOf(proxy, mode.mode), outcome: 'audited', isKept: true }));

const keyOf = (proxy: string, mode: Mode | 'none' = 'none'): string => `${mode} ${proxy}`;

/** The rows that are shown, as a list with a window. */
export const itemsIn = ({ audits }: Model, { auditShelf }: Look): Items<AuditRow> =>
  itemsOf(auditShelf.shown(audits), ({ key }) => key);

/** The chosen row. */
export const chosenRow = (model: Model, look: Look): AuditRow | undefined => {
  const items = itemsIn(model, look);
  return items.at(chosenIndex(items, model.audits.place));
};

/** Every mode of one proxy that there is something to see of: of this sitting, else as the book kept it. */
export const rowsOf = ({ audits }: Model, { auditShelf }: Look, proxy: string): readonly AuditRow[] => {
  const rows = audits.rows.filter((row) => row.proxy === proxy);
  return rows.length > 0 ? rows : rowsOfKept(proxy, auditShelf.kept(proxy));
};
