/** Page 5 with made-up results: a run under way, and one that has ended. */

import { type AuditRow, rowsOfReport, takeNews } from '../../src/tui/audit-state.js';
import { frame } from '../../src/tui/frame.js';
import type { Size } from '../../src/tui/line.js';
import type { Look, Model } from '../../src/tui/page.js';
import { update } from '../../src/tui/update.js';
import { idOf, reports } from './audits.js';
import { lookAt, pressed, textOf } from './tui.js';

/** The usual terminal. */
export const size: Size = { columns: 80, rows: 24 };

/** A run that is a third through. */
export const progress = {
  ...{ all: 120, done: 44, running: 40, room: 256, rate: 12.3, left: 31_000 as never, congested: true },
  outcomes: { audited: 30, dead: 12, 'needs-auth': 2 },
};

/** The made-up reports as rows; one of them has changed. */
export const auditRows = reports.flatMap((report) =>
  rowsOfReport(report, report.proxy.includes('.0.2') ? [idOf('H02')] : []),
);

/** A model after more keys. */
export const press = (model: Model, keys: readonly string[], look: Look = lookAt()): Model =>
  keys.reduce((before, key) => update(before, { kind: 'key', key }, look).model, model);

/** A run under way, with some results. */
export const running = (of: Size = size): Model =>
  takeNews(pressed(['5', 'n', 'enter'], of).model, {
    ...{ rows: auditRows, reports: 4, progress, notices: ['One is left alone.'] },
  });

/** Results without a run. */
export const ended = (of: Size = size, rows: readonly AuditRow[] = auditRows): Model =>
  takeNews(pressed(['5'], of).model, { rows, reports: 0, notices: [] });

/** The screen of a model as text. */
export const shown = (model: Model, look: Look = lookAt()): string => textOf(frame(model, look)).join('\n');
