/** Results of audits as a matrix: a row for each mode of a proxy, a column of one sign for each check. */

import type { Answer, AuditOutcome, CheckId, CheckText, Finding } from '../model/audit.js';
import type { AuditRow, AuditState } from './audit-state.js';
import { toneOfGrade } from './book-table.js';
import type { Glyphs } from './glyphs.js';
import { type Line, type Span, type Tone, span } from './line.js';
import { choose, clean, fit } from './text.js';

/** A column, and the empty cells before it. */
interface Column {
  readonly check: CheckText;
  readonly gap: number;
}

/** Which columns are in sight. */
export interface Columns {
  readonly shown: readonly Column[];
  readonly proxy: number;
  /** The first one, and how far the window can go. */
  readonly left: number;
  readonly most: number;
  readonly all: number;
  /** Checks out of sight, at both ends. */
  readonly before: readonly CheckId[];
  readonly after: readonly CheckId[];
}

/** Cells of mode and grade, with the blanks around them, the marks of changes before, and those of failures out of sight. */
const fixed = 2 + 1 + 7 + 1 + 11 + 1 + 1;
const leastProxy = 26;
const mostProxy = 48;

/** The columns that fit: two cells each where there is room for that, one otherwise, with a blank between families of checks. */
export const columnsFor = ({ asked, left }: AuditState, checks: readonly CheckText[], columns: number): Columns => {
  const all = checks.filter(({ id }) => asked.has(id));
  const room = columns - fixed - leastProxy;
  const isRoomy = all.length * 2 <= room;
  const gapOf = (index: number): number => {
    const [before, here] = [all[index - 1]?.id[0], all[index]?.id[0]];
    return isRoomy || (before !== undefined && before !== here) ? 1 : 0;
  };
  const count = (from: number): number => {
    let [cells, shown] = [0, 0];
    while (from + shown < all.length) {
      cells += 1 + gapOf(from + shown);
      if (cells > room) break;
      shown += 1;
    }
    return shown;
  };
  let most = 0;
  while (most < all.length && most + count(most) < all.length) most += 1;
  const from = Math.min(left, most);
  const shown = all.slice(from, from + count(from)).map((check, index) => ({ check, gap: gapOf(from + index) }));
  // What is no proxy has its reason where the checks would be.
  const taken = most > 0 || all.length === 0 ? room : shown.reduce((sum, { gap }) => sum + 1 + gap, 0);
  const [before, after] = [all.slice(0, from), all.slice(from + shown.length)].map((some) => some.map(({ id }) => id));
  return {
    ...{ shown, proxy: Math.min(mostProxy, leastProxy + room - taken), left: from, most, all: all.length },
    ...{ before: before ?? [], after: after ?? [] },
  };
};

/** The names of the checks, a letter in each of three lines. */
export const headLines = ({ shown, proxy }: Columns): readonly Line[] =>
  [0, 1, 2].map((row): Line => {
    const names = row === 2 ? `  ${fit('proxy', proxy)} mode    ${fit('grade', 11)} ` : ' '.repeat(proxy + fixed - 1);
    return [
      span(names, 'faint'),
      span(shown.map(({ check, gap }) => ' '.repeat(gap) + (check.id[row] ?? ' ')).join(''), 'faint'),
    ];
  });

/** The sign of an answer. */
export const answerSign = (answer: Answer, { nothing }: Glyphs): string =>
  ({ pass: nothing, fail: '!', note: 'i', inconclusive: '?', untested: '-', 'does-not-apply': ' ' })[answer];

/** The tone of a finding; only what is bad shouts. */
export const answerTone = ({ answer, severity }: Finding): Tone => {
  if (answer === 'fail') return severity === 'critical' || severity === 'high' ? 'bad' : 'warn';
  return (
    { pass: 'good', note: 'accent', inconclusive: 'warn', untested: 'faint', 'does-not-apply': 'faint' } as const
  )[answer];
};

/** How a row is drawn. */
interface Drawing {
  readonly columns: Columns;
  readonly width: number;
  readonly glyphs: Glyphs;
  readonly isChosen: boolean;
}

/** One mode of a proxy; changed cells stand out of their row, whichever that is. */
export const rowLine = (row: AuditRow, { columns, width, glyphs, isChosen }: Drawing): Line => {
  const head: Line = [
    span(`${row.changed.length > 0 ? '*' : ' '}${row.isKept ? '~' : ' '}`, 'accent'),
    span(fit(clean(row.proxy), columns.proxy), row.outcome === 'audited' ? 'plain' : 'faint'),
    span(` ${fit(row.mode ?? '', 7)} `),
    gradeCell(row),
  ];
  const cells = row.mode === undefined ? [whyCell(row)] : cellsOf(row, columns, glyphs);
  const line: Line = [...head, ...cells];
  if (!isChosen) return line;
  return choose(line, width).map((each, index) => {
    const isChanged = line[index]?.chosen === true;
    return isChanged ? { text: each.text, ...(each.tone === undefined ? {} : { tone: each.tone }) } : each;
  });
};

const outcomeTexts: Readonly<Record<AuditOutcome, string>> = {
  ...{ audited: 'no grade', dead: 'dead', 'needs-auth': 'needs login' },
  ...{ 'not-a-proxy': 'no proxy', inconclusive: 'not sure' },
};

const gradeCell = ({ grade, outcome }: AuditRow): Span =>
  span(fit(grade ?? outcomeTexts[outcome], 11), grade === undefined ? 'faint' : toneOfGrade(grade));

const whyCell = ({ sentence }: AuditRow): Span => span(` ${clean(sentence)}`, 'faint');

/** The signs of a row; an angle at an end says that something failed out of sight there. */
const cellsOf = (row: AuditRow, { shown, before, after }: Columns, glyphs: Glyphs): readonly Span[] => {
  const findings = new Map(row.findings.map((finding) => [finding.check, finding]));
  const isBad = (id: CheckId): boolean => findings.get(id)?.answer === 'fail';
  const cells = shown.flatMap(({ check, gap }) => {
    const cell = cellOf(row, check, { finding: findings.get(check.id), glyphs });
    return gap === 0 ? [cell] : [span(' '.repeat(gap)), cell];
  });
  return [span(before.some(isBad) ? '<' : ' ', 'bad'), ...cells, ...(after.some(isBad) ? [span('>', 'bad')] : [])];
};

interface Cell {
  readonly finding: Finding | undefined;
  readonly glyphs: Glyphs;
}

/** What was not asked is not passed: it is drawn as untested where it could be asked. */
const cellOf = ({ mode, changed }: AuditRow, check: CheckText, { finding, glyphs }: Cell): Span => {
  const canBe = mode !== undefined && check.modes.includes(mode);
  if (finding === undefined) return span(canBe ? '-' : ' ', 'faint');
  const cell = span(answerSign(finding.answer, glyphs), answerTone(finding));
  return changed.includes(check.id) ? { ...cell, chosen: true } : cell;
};
