/** One key, or one click: the model and what is to be done turn into the next. Pure. */

import { moveInPool, takeTyped } from './builder.js';
import { bodySize, bodyTop, titleAt } from './frame.js';
import { helpLines } from './help.js';
import { keysOf, pageOf, show } from './keys.js';
import { type KeyRow, type Look, type Model, type Step, say } from './page.js';
import { startLog } from './log.js';
import type { Size } from './line.js';
import { startSessions } from './session-table.js';
import { type Move, startPlace } from './window.js';

/** A key by its name (`a`, `G`, `up`, `enter`, `C-c`), or something done with the mouse. */
export type Input =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'click'; readonly column: number; readonly row: number }
  | { readonly kind: 'wheel'; readonly by: 1 | -1 };

/** What a person sees first. */
export const startModel = (size: Size): Model => ({
  page: 'cascades',
  size,
  cascades: startPlace,
  hopsTop: 0,
  sessions: startSessions,
  log: startLog,
});

/** The next model, and what is to be done outside of it. */
export const update = (model: Model, input: Input, look: Look): Step => {
  switch (input.kind) {
    case 'key':
      return press(model, input.key, look);
    case 'click':
      return { model: click(model, input, look) };
    case 'wheel':
      return { model: moveBy(model, input.by === 1 ? 'down' : 'up', look) };
  }
};

const press = (model: Model, key: string, look: Look): Step => {
  if (key !== 'C-c' && model.typing !== undefined) return { model: typeFilter(model, key) };
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
  const { overlay } = model;
  const { rows, columns } = bodySize(model, look);
  if (overlay === undefined) return pageOf(model).move(model, look, how, rows);
  if (overlay.kind === 'builder') {
    const by =
      typeof how === 'object'
        ? 0
        : { up: -1, down: 1, 'page-up': -10, 'page-down': 10, home: -10_000, end: 10_000 }[how];
    return { ...model, overlay: { ...overlay, builder: moveInPool(overlay.builder, look, by) } };
  }
  if (overlay.kind !== 'help') return model;
  const most = Math.max(0, helpLines(columns).length - rows);
  const { top } = overlay;
  const to =
    typeof how === 'object'
      ? top
      : { up: top - 1, down: top + 1, 'page-up': top - rows, 'page-down': top + rows, home: 0, end: most }[how];
  return { ...model, overlay: { kind: 'help', top: Math.max(0, Math.min(to, most)) } };
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

const typeFilter = (model: Model, key: string): Model => {
  const { typing, ...rest } = model;
  if (typing === undefined || key === 'escape') return rest;
  if (key === 'enter') return { ...rest, sessions: { ...model.sessions, filter: typing.text } };
  const text = typed(typing.text, key) ?? typing.text;
  return { ...model, typing: { ...typing, text }, sessions: { ...model.sessions, filter: text } };
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
