/** Moving in what lies over a page. */

import { moveInPool } from './builder-pool.js';
import { helpLines } from './help.js';
import { moveInWays } from './importing.js';
import type { Size } from './line.js';
import type { Look, Model } from './page.js';
import { detailLines } from './proxy-detail.js';
import { moveInSources } from './sources.js';
import type { Move } from './window.js';

/** The model after a move; clicks choose nothing here. */
export const moveInOverlay = (model: Model, look: Look, how: Move, size: Size): Model => {
  const { overlay } = model;
  const by = stepOf(how, size.rows);
  switch (overlay?.kind) {
    case 'builder':
      return { ...model, overlay: { ...overlay, builder: moveInPool(overlay.builder, look, by) } };
    case 'help':
      return {
        ...model,
        overlay: { ...overlay, top: scrolled(overlay.top + by, helpLines(size.columns).length, size) },
      };
    case 'proxy': {
      const { length } = detailLines(look.shelf.detail(overlay.id), look.today, size.columns);
      return { ...model, overlay: { ...overlay, top: scrolled(overlay.top + by, length, size) } };
    }
    case 'sources':
      return { ...model, overlay: { ...overlay, at: moveInSources(overlay.at, look, by) } };
    case 'import':
      return { ...model, overlay: { ...overlay, importing: moveInWays(overlay.importing, look, by) } };
    case 'session':
    case 'trial':
    case undefined:
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
