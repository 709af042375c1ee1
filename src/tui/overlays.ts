/** What lies over a page: how long it is, and moving in it. */

import { moveInAuditing } from './auditing.js';
import { moveInPool } from './builder-pool.js';
import { evidenceLines } from './evidence.js';
import { helpLines } from './help.js';
import { moveInWays } from './importing.js';
import type { Line, Size } from './line.js';
import type { Look, Model } from './page.js';
import { detailLines } from './proxy-detail.js';
import { moveInSources } from './sources.js';
import type { Move } from './window.js';

/** What lies over a page. */
export type Overlay = NonNullable<Model['overlay']>;

/** What is longer than the screen, and shown from a line on. */
export type LongOverlay = Extract<Overlay, { readonly top: number }>;

/** All lines of it. */
export const longLines = (model: Model, look: Look, overlay: LongOverlay): readonly Line[] => {
  const { columns } = model.size;
  switch (overlay.kind) {
    case 'help':
      return helpLines(columns);
    case 'proxy':
      return detailLines(look.shelf.detail(overlay.id), look.today, columns);
    case 'evidence':
      return evidenceLines(model, look, overlay);
  }
};

/** The model after a move; clicks choose nothing here. */
export const moveInOverlay = (model: Model, look: Look, how: Move, size: Size): Model => {
  const { overlay } = model;
  const by = stepOf(how, size.rows);
  if (overlay === undefined) return model;
  if ('top' in overlay) {
    const { length } = longLines(model, look, overlay);
    return { ...model, overlay: { ...overlay, top: scrolled(overlay.top + by, length, size) } };
  }
  switch (overlay.kind) {
    case 'builder':
      return { ...model, overlay: { ...overlay, builder: moveInPool(overlay.builder, look, by) } };
    case 'sources':
      return { ...model, overlay: { ...overlay, at: moveInSources(overlay.at, look, by) } };
    case 'import':
      return { ...model, overlay: { ...overlay, importing: moveInWays(overlay.importing, look, by) } };
    case 'auditing':
      return { ...model, overlay: { ...overlay, auditing: moveInAuditing(overlay.auditing, by) } };
    case 'session':
    case 'trial':
      return model;
  }
};

const far = 1_000_000;

const stepOf = (how: Move, rows: number): number => {
  if (typeof how === 'object') return 0;
  const page = Math.max(1, rows - 1);
  return { up: -1, down: 1, 'page-up': -page, 'page-down': page, home: -far, end: far }[how];
};

const scrolled = (top: number, lines: number, { rows }: Size): number =>
  Math.max(0, Math.min(top, Math.max(0, lines - rows)));
