/** One key, or one click: the model and what is to be done turn into the next. Pure. */

import { takeTyped } from './builder.js';
import { bodySize, bodyTop, titleAt } from './frame.js';
import { keysOf, pageOf, show } from './keys.js';
import { type KeyRow, type Look, type Model, type Step, type Typing, closeOverlay, say } from './page.js';
import { startAudits } from './audit-state.js';
import { startBook } from './book-state.js';
import { takePasted } from './importing.js';
import { startLog } from './log.js';
import { moveInOverlay } from './overlays.js';
import type { Size } from './line.js';
import { startSessions } from './session-table.js';
import { typings } from './typing.js';
import { type Move, startPlace } from './window.js';

/** A key by its name (`a`, `G`, `up`, `enter`, `C-c`), or something done with the mouse. */
export type Input =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'click'; readonly column: number; readonly row: number }
  | { readonly kind: 'wheel'; readonly by: 1 | -1 }
  /** Text that the terminal says was pasted. */
  | { readonly kind: 'paste'; readonly text: string };

/** What a person sees first. */
export const startModel = (size: Size): Model => ({
  page: 'cascades',
  size,
  cascades: startPlace,
  hopsTop: 0,
  sessions: startSessions,
  book: startBook,
  audits: startAudits,
  log: startLog,
});

/** The next model, and what is to be done outside of it. */
export const update = (model: Model, input: Input, look: Look): Step => {
  switch (input.kind) {
    case 'key':
      return press(model, input.key, look);
    case 'click':
      return { model: click(model, input, look) };
    case 'paste':
      return paste(model, input.text);
    case 'wheel':
      return { model: moveBy(model, input.by === 1 ? 'down' : 'up', look) };
  }
};

const press = (model: Model, key: string, look: Look): Step => {
  if (key !== 'C-c' && model.typing !== undefined) return typeText(model, key, look);
  if (key !== 'C-c' && isTyping(model)) return { model: typeInBuilder(model, key) };
  const { word: _said, armed, ...quiet } = model;
  const row = keysOf(model).find(({ keys }) => keys.includes(key));
  const how = moves[key];
  if (how !== undefined && (row === undefined || row.help === 'move')) return { model: moveBy(quiet, how, look) };
  return row === undefined ? { model: unknownKey(quiet, key) } : act({ row, key, armed }, quiet, look);
};

const isTyping = ({ overlay }: Model): boolean => overlay?.kind === 'builder' && overlay.builder.typing !== undefined;

/** A row that is disabled says why, one that wants its key twice says so, and any other does its work. */
const act = (
  { row, key, armed }: { readonly row: KeyRow; readonly key: string; readonly armed: string | undefined },
  model: Model,
  look: Look,
): Step => {
  const why = row.disabled?.(model, look);
  if (why !== undefined) return { model: say(model, why, 'warn') };
  const again = armed === key ? undefined : againText(row, model, look);
  return again === undefined ? row.press(model, look, key) : { model: { ...say(model, again, 'warn'), armed: key } };
};

const moves: Readonly<Record<string, Move | undefined>> = {
  up: 'up',
  down: 'down',
  k: 'up',
  j: 'down',
  pageup: 'page-up',
  pagedown: 'page-down',
  home: 'home',
  end: 'end',
  g: 'home',
  G: 'end',
};

/** What is said before a key does what cannot be taken back. */
const againText = ({ keys, label = '', twice }: KeyRow, model: Model, look: Look): string | undefined =>
  twice === true ? `Press ${keys[0] ?? ''} again to ${label}.` : twice?.(model, look);

const unknownKey = (model: Model, key: string): Model =>
  /^[0-9]$/.test(key) ? say(model, `There is no page ${key}; ? shows the keys.`, 'faint') : model;

const moveBy = (model: Model, how: Move, look: Look): Model => {
  const size = bodySize(model, look);
  return model.overlay === undefined
    ? pageOf(model).move(model, look, how, size.rows)
    : moveInOverlay(model, look, how, size);
};

const click = (model: Model, { column, row }: { readonly column: number; readonly row: number }, look: Look): Model => {
  const top = bodyTop(model, look);
  const page = row === top - 1 ? titleAt(column) : undefined;
  if (page !== undefined) return show(model, page);
  const { rows } = bodySize(model, look);
  const within = row >= top && row < top + rows;
  return within && model.overlay === undefined ? pageOf(model).click(model, look, row - top, rows) : model;
};

/** The text after a key; undefined where the key does not type. */
const typed = (text: string, key: string): string | undefined => {
  if (key === 'backspace') return Array.from(text).slice(0, -1).join('');
  if (key === 'C-u') return '';
  if (key === 'space') return `${text} `;
  return Array.from(key).length === 1 && text.length < 1_024 ? text + key : undefined;
};

const typeText = (model: Model, key: string, look: Look): Step => {
  const { typing, ...rest } = model;
  if (typing === undefined) return { model };
  const row = typings[typing.what];
  if (key === 'escape') return { model: typing.what === 'import' ? closeOverlay(rest) : rest };
  if (key === 'enter') return row.done(rest, typing.text, look);
  const text =
    key === 'tab' ? (row.completed?.(typing.text, look) ?? typing.text) : (typed(typing.text, key) ?? typing.text);
  return { model: withText(model, { ...typing, text }) };
};

/** What is typed is seen at once where that means something. */
const withText = (model: Model, typing: Typing): Model => {
  const next: Model = { ...model, typing };
  return typings[typing.what].live?.(next, typing.text) ?? next;
};

/** Lines are a list; anything else is typed. */
const paste = (model: Model, text: string): Step => {
  const { typing, ...rest } = model;
  const isList = /[\r\n]/.test(text.trim());
  const isOnBook = typing === undefined && model.page === 'book' && model.overlay === undefined;
  if (isOnBook || (isList && typing?.what === 'import')) return takePasted(rest, text);
  if (typing === undefined || isList)
    return { model: say(model, 'A list that is pasted is taken on page 4; this place takes none.', 'warn') };
  return { model: withText(model, { ...typing, text: (typing.text + text.trim()).slice(0, 1_024) }) };
};

const typeInBuilder = (model: Model, key: string): Model => {
  const { overlay } = model;
  if (overlay?.kind !== 'builder' || overlay.builder.typing === undefined) return model;
  const { typing, ...rest } = overlay.builder;
  if (key === 'escape') return { ...model, overlay: { kind: 'builder', builder: rest } };
  if (key === 'enter') {
    const { builder, refused } = takeTyped(overlay.builder);
    const next: Model = { ...model, overlay: { kind: 'builder', builder } };
    return refused === undefined ? next : say(next, refused, 'warn');
  }
  const text = typed(typing.text, key) ?? typing.text;
  return { ...model, overlay: { kind: 'builder', builder: { ...rest, typing: { ...typing, text } } } };
};
