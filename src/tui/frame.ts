/** The whole screen as lines: head, page or what lies over it, keys, and the last word. */

import { auditingLines } from './auditing.js';
import { builderLines } from './builder-view.js';
import { headerLines, miniLines } from './header.js';
import type { Glyphs } from './glyphs.js';
import { importLines } from './importing.js';
import { commonKeys, keysOf, pageOf, pages } from './keys.js';
import { type Line, type Size, type Span, emptyLine, span } from './line.js';
import { type LongOverlay, type Overlay, longLines } from './overlays.js';
import type { KeyRow, Look, Model, PageId } from './page.js';
import { sourceLines } from './sources.js';
import { clean, clipLine, fitLine, lineWidth } from './text.js';
import { typings } from './typing.js';
import { sessionLines, trialLines } from './waterfall.js';

/** What is smaller than this gets two lines only. */
const least: Size = { columns: 60, rows: 10 };

/** Exactly as many lines as there are rows, each as wide as the screen. */
export const frame = (model: Model, look: Look): readonly Line[] => {
  const { size } = model;
  const lines = isMini(size) ? miniLines(look, size) : fullLines(model, look);
  return Array.from({ length: size.rows }, (_, row) => fitLine(lines[row] ?? emptyLine, size.columns));
};

const isMini = ({ columns, rows }: Size): boolean => columns < least.columns || rows < least.rows;

const fullLines = (model: Model, look: Look): readonly Line[] => {
  const { size } = model;
  const above = [...headerLines(look, size), tabs(model, look)];
  const body = bodySize(model, look);
  const page = bodyLines(model, look, body).slice(0, body.rows);
  const filling = Array.from({ length: body.rows - page.length }, () => emptyLine);
  return [...above, ...page, ...filling, border(model, look), lastLine(model)];
};

/** The room for the page. */
export const bodySize = ({ size }: Model, look: Look): Size => ({
  columns: size.columns,
  rows: Math.max(1, size.rows - headerLines(look, size).length - 3),
});

/** The row of the screen on which the page begins, counted from 0. */
export const bodyTop = ({ size }: Model, look: Look): number => headerLines(look, size).length + 1;

const bodyLines = (model: Model, look: Look, size: Size): readonly Line[] => {
  const { overlay } = model;
  if (overlay === undefined) return pageOf(model).view(model, look, size);
  return 'top' in overlay ? longLines(model, look, overlay).slice(overlay.top) : overlayLines(overlay, look, size);
};

const overlayLines = (overlay: Exclude<Overlay, LongOverlay>, look: Look, size: Size): readonly Line[] => {
  switch (overlay.kind) {
    case 'builder':
      return builderLines(overlay.builder, look, size);
    case 'trial':
      return trialLines(overlay.trial, look, size.columns);
    case 'sources':
      return sourceLines(overlay.at, look, size);
    case 'import':
      return importLines(overlay.importing, look, size);
    case 'auditing':
      return auditingLines(overlay.auditing, look, size.columns);
    case 'session':
      return sessionOver(overlay.id, look, size.columns);
  }
};

const sessionOver = (id: number, look: Look, columns: number): readonly Line[] => {
  const found = [...look.snapshot.sessions, ...look.snapshot.recent].find((session) => session.id === id);
  return found === undefined ? [[span('  This session is no longer remembered.')]] : sessionLines(found, look, columns);
};

/** Where each title stands on the line of pages. */
const titles = (): readonly { readonly id: PageId; readonly text: string; readonly from: number }[] => {
  let from = 1;
  return pages.map(({ id, digit, title }) => {
    const text = ` ${digit} ${title} `;
    const at = from;
    from += text.length + 1;
    return { id, text, from: at };
  });
};

const tabs = (model: Model, { glyphs }: Look): Line => {
  const spans = titles().flatMap(({ id, text }): readonly Span[] => [
    id === model.page ? { text, tone: 'strong', chosen: true } : span(text, 'faint'),
    span(glyphs.rule, 'faint'),
  ]);
  const line = [span(glyphs.rule, 'faint'), ...spans];
  return [...line, span(glyphs.rule.repeat(Math.max(0, model.size.columns - lineWidth(line))), 'faint')];
};

/** The page whose title stands at a column of the line of pages. */
export const titleAt = (column: number): PageId | undefined =>
  titles().find(({ from, text }) => column >= from && column < from + text.length)?.id;

/** The keys of the day in the bottom border, as many as fit; those of every page stand at its right end. */
const border = (model: Model, { glyphs }: Look): Line => {
  const { columns } = model.size;
  const told = keysOf(model).filter(({ label }) => label !== undefined);
  const right = told.filter((row) => commonKeys.includes(row)).flatMap((row) => pieceOf(row, glyphs));
  const left: Span[] = [];
  for (const row of told.filter((each) => !commonKeys.includes(each))) {
    const piece = pieceOf(row, glyphs);
    if (lineWidth(left) + lineWidth(piece) + lineWidth(right) + 1 > columns) break;
    left.push(...piece);
  }
  const rest = Math.max(1, columns - lineWidth(left) - lineWidth(right));
  return clipLine([...left, span(glyphs.rule.repeat(rest), 'faint'), ...right], columns);
};

const pieceOf = (row: KeyRow, { rule }: Glyphs): readonly Span[] => [
  span(`${rule} `, 'faint'),
  ...keySpans(row),
  span(' '),
];

const keyNames: Readonly<Record<string, string>> = {
  enter: 'Enter',
  escape: 'Esc',
  space: 'Space',
  tab: 'Tab',
  left: '←',
  right: '→',
};

const keySpans = ({ keys, label = '', twice }: KeyRow): readonly Span[] => {
  const [key = ''] = keys;
  const name = keyNames[key] ?? key;
  return [span(twice === true ? `${name} ${name}` : name, 'accent'), span(` ${label}`)];
};

const lastLine = ({ word, typing, overlay, armed }: Model): Line => {
  if (typing !== undefined)
    return [
      span(` ${typings[typing.what].label}: `),
      span(clean(typing.text)),
      span('_', 'accent'),
      span(`   ${typings[typing.what].hint}`, 'faint'),
    ];
  if (overlay?.kind === 'builder' && overlay.builder.typing !== undefined)
    return [span(' Enter takes it, Esc leaves', 'faint')];
  if (word === undefined) return armed === undefined ? emptyLine : [span(` ${armed}`, 'warn')];
  return [span(` ${clean(word.text)}`, word.tone)];
};
