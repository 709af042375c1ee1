/** Page 5: audits as they run, and what they found: a row for each mode of a proxy, a column for each check. */

import type { Finding } from '../model/audit.js';
import { columnsFor, headLines, rowLine } from './audit-matrix.js';
import { runLines } from './audit-run.js';
import { type AuditRow, chosenRow, isRunning, itemsIn, withAudits, withRun } from './audit-state.js';
import { beginAudit } from './auditing.js';
import { findingsInOrder } from './evidence.js';
import { type Line, type Size, emptyLine, span } from './line.js';
import type { KeyRow, Look, Model, Page, Step } from './page.js';
import { clean, clip, wrap } from './text.js';
import { chosenIndex, inSight, move } from './window.js';

const view = (model: Model, look: Look, size: Size): readonly Line[] => {
  const { audits } = model;
  const above = linesAbove(model, look, size);
  if (audits.rows.length === 0) return [...above, ...nothing(model, size)];
  const items = itemsIn(model, look);
  const columns = columnsFor(audits, look.auditShelf.checks(), size.columns);
  const window = inSight(items, audits.place, rowsFor(size, above));
  const drawing = { columns, width: size.columns, glyphs: look.glyphs };
  const rows = window.items.map((row, index) =>
    rowLine(row, { ...drawing, isChosen: window.top + index === window.chosen }),
  );
  const room = rowsFor(size, above);
  return [
    ...above,
    ...rows,
    ...Array.from({ length: Math.max(0, room - rows.length) }, () => emptyLine),
    items.length === 0 ? [span('  Nothing fits. Esc shows everything.')] : footLine(chosenRow(model, look), size),
  ];
};

/** How the run stands, what is shown, and the heads of the columns. */
const linesAbove = (model: Model, look: Look, { columns }: Size): readonly Line[] => {
  const { audits } = model;
  const run = audits.run === undefined ? [] : runLines(audits.run, look, columns);
  if (audits.rows.length === 0) return run;
  return [
    ...run,
    statusLine(model, look, columns),
    ...headLines(columnsFor(audits, look.auditShelf.checks(), columns)),
  ];
};

/** Rows of the table; one line below it tells of the chosen one. */
const rowsFor = ({ rows }: Size, above: readonly Line[]): number => Math.max(1, rows - above.length - 1);

const statusLine = (model: Model, look: Look, columns: number): Line => {
  const { audits, typing } = model;
  const items = itemsIn(model, look);
  const isTyping = typing?.what === 'audits';
  const at = items.length === 0 ? '0' : `${chosenIndex(items, audits.place) + 1}`;
  const { shown, all, left } = columnsFor(audits, look.auditShelf.checks(), columns);
  return [
    span(`  ${at} of ${items.length}`, 'strong'),
    span('  worst first', 'faint'),
    span(audits.onlyChanged ? '  changed only' : '', 'accent'),
    ...(shown.length < all ? [span(`  checks ${left + 1} to ${left + shown.length} of ${all}`, 'faint')] : []),
    ...(audits.filter === '' && !isTyping ? [] : [span('  /', 'accent'), span(clean(audits.filter))]),
    span(isTyping ? '_' : '', 'accent'),
  ];
};

const nothing = (model: Model, { columns }: Size): readonly Line[] => {
  if (isRunning(model)) return [emptyLine, [span('  The first results come in a moment.', 'faint')]];
  const { run } = model.audits;
  const begun = run === undefined ? 'No audit was made in this sitting.' : 'No report has come.';
  const text = `${begun} n begins one; a on page 4 audits the proxies that are marked there, A all that the filter finds. b shows what the book kept of earlier ones.`;
  return [emptyLine, ...wrap(text, columns - 4).map((each): Line => [span(`  ${each}`)])];
};

/** What is worst about the chosen row. */
const footLine = (row: AuditRow | undefined, { columns }: Size): Line => {
  if (row === undefined) return emptyLine;
  const [worst] = findingsInOrder(row.findings);
  const isBad = worst?.answer === 'fail';
  if (!isBad) return [span(`  ${clip(clean(row.sentence), columns - 4)}`, 'faint')];
  return [span(`  ${worst.check} ${worst.severity}  `, 'bad'), span(clip(clean(textOf(worst)), columns - 18))];
};

const textOf = ({ sentence, remedy }: Finding): string => (remedy === undefined ? sentence : `${sentence} ${remedy}`);

const nobody = (model: Model, look: Look): string | undefined =>
  chosenRow(model, look) === undefined ? 'There is no result to choose yet; n begins an audit.' : undefined;

const noRun = (model: Model): string | undefined => (isRunning(model) ? undefined : 'No audit is under way.');

const stop = (model: Model): Step =>
  isRunning(model) ? { model: withRun(model, { phase: 'stopping' }), orders: [{ do: 'stop-audit' }] } : showAll(model);

const showAll = (model: Model): Step => ({ model: withAudits(model, { filter: '', onlyChanged: false }) });

const isNarrowed = ({ audits: { filter, onlyChanged } }: Model): boolean => filter !== '' || onlyChanged;

const aside = (by: 1 | -1): KeyRow => ({
  keys: [by === 1 ? 'right' : 'left'],
  help: by === 1 ? 'checks further on' : 'checks before',
  press: (model, look) => {
    const { left, most } = columnsFor(model.audits, look.auditShelf.checks(), model.size.columns);
    return { model: withAudits(model, { left: Math.max(0, Math.min(left + by, most)) }) };
  },
});

const keys: readonly KeyRow[] = [
  {
    keys: ['enter'],
    label: 'evidence',
    help: 'what was found of the chosen row, with what was sent and what arrived',
    disabled: nobody,
    press: (model, look) => {
      const row = chosenRow(model, look);
      if (row === undefined) return { model };
      const mode = row.mode === undefined ? {} : { mode: row.mode };
      return { model: { ...model, overlay: { kind: 'evidence', proxy: row.proxy, ...mode, top: 0 } } };
    },
  },
  {
    keys: ['n'],
    label: 'new',
    help: 'begin an audit: of the book, as a filter finds it, or of the cascade in use',
    disabled: (model) => (isRunning(model) ? 'An audit is under way; x stops it.' : undefined),
    press: (model) => ({ model: beginAudit(model) }),
  },
  {
    keys: ['x'],
    label: 'stop',
    help: 'stop the audit that is under way; one of the book goes on where it was the next time',
    disabled: noRun,
    press: stop,
  },
  {
    keys: ['escape'],
    help: 'show all rows again; where all are shown: stop the audit that is under way',
    press: (model) => (isNarrowed(model) ? showAll(model) : stop(model)),
  },
  {
    keys: ['c'],
    label: 'changed',
    help: 'only rows where a check says something else than the last time; again: all',
    press: (model) => ({ model: withAudits(model, { onlyChanged: !model.audits.onlyChanged }) }),
  },
  {
    keys: ['/'],
    label: 'filter',
    help: 'show rows with these words: of the proxy, mode, grade or exit, or a check that failed, such as H02',
    press: (model) => ({ model: { ...model, typing: { what: 'audits', text: model.audits.filter } } }),
  },
  {
    keys: ['b'],
    label: 'book',
    help: 'show also what the book kept of earlier audits',
    press: (model) => ({ model, orders: [{ do: 'load-kept' }] }),
  },
  aside(1),
  aside(-1),
];

const tableRows = (model: Model, look: Look, rows: number): { readonly above: number; readonly rows: number } => {
  const above = linesAbove(model, look, { columns: model.size.columns, rows });
  return { above: above.length, rows: rowsFor({ columns: model.size.columns, rows }, above) };
};

/** Page 5. */
export const auditPage: Page = {
  id: 'audit',
  digit: '5',
  title: 'Audit',
  view,
  keys,
  move: (model, look, how, rows) =>
    withAudits(model, {
      place: move(itemsIn(model, look), model.audits.place, how, tableRows(model, look, rows).rows),
    }),
  click: (model, look, row, rows) => {
    const items = itemsIn(model, look);
    const table = tableRows(model, look, rows);
    const { top } = inSight(items, model.audits.place, table.rows);
    const to = row - table.above;
    if (to < 0 || to >= table.rows) return model;
    return withAudits(model, { place: move(items, model.audits.place, { to: top + to }, table.rows) });
  },
};
