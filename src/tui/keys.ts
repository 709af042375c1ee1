/** The key table: pages, the keys that work everywhere, and which of them are told of. */

import { auditPage } from './audit.js';
import { auditingKeys } from './auditing.js';
import { isRunning } from './audit-state.js';
import { bookPage } from './book.js';
import { builderKeys } from './builder.js';
import { cascadesPage } from './cascades.js';
import { evidenceKeys, proxyEvidenceKey } from './evidence.js';
import { hopsPage } from './hops.js';
import { importKeys } from './importing.js';
import { logPage } from './log.js';
import type { Overlay } from './overlays.js';
import { type KeyRow, type Model, type Page, type PageId, closeOverlay } from './page.js';
import { sessionsPage } from './sessions.js';
import { sourceKeys } from './sources.js';

/** Every page, in the order of their digits. */
export const pages: readonly Page[] = [cascadesPage, hopsPage, sessionsPage, bookPage, auditPage, logPage];

/** The page that a model shows. */
export const pageOf = ({ page }: Model): Page => pages.find(({ id }) => id === page) ?? cascadesPage;

const step =
  (by: 1 | -1) =>
  (model: Model): Model => {
    const at = pages.findIndex(({ id }) => id === model.page);
    return show(model, pages[(at + by + pages.length) % pages.length]?.id ?? model.page);
  };

/** A model that shows another page. */
export const show = (model: Model, page: PageId): Model => ({ ...closeOverlay(model), page });

/** Keys that work on every page. */
export const commonKeys: readonly KeyRow[] = [
  {
    keys: ['up', 'down', 'k', 'j', 'pageup', 'pagedown', 'home', 'end', 'g', 'G'],
    help: 'move',
    press: (model) => ({ model }),
  },
  ...pages.map(
    ({ id, digit, title }): KeyRow => ({
      keys: [digit],
      help: `page ${title}`,
      press: (model) => ({ model: show(model, id) }),
    }),
  ),
  { keys: ['tab'], help: 'the next page', press: (model) => ({ model: step(1)(model) }) },
  { keys: ['S-tab'], help: 'the page before', press: (model) => ({ model: step(-1)(model) }) },
  {
    keys: ['?'],
    label: 'help',
    help: 'this help',
    press: (model) => ({ model: { ...model, overlay: { kind: 'help', top: 0 } } }),
  },
  {
    keys: ['q'],
    label: 'quit',
    help: 'leave; where kaskade runs in this window, it ends',
    twice: (model, { ownsEngine, snapshot }) => {
      if (isRunning(model)) return 'The audit ends with this window: q again leaves.';
      const open = snapshot.sessions.length;
      if (!ownsEngine || open === 0) return undefined;
      return `${open} open ${open === 1 ? 'session ends' : 'sessions end'} with this window: q again leaves.`;
    },
    press: (model) => ({ model, orders: [{ do: 'quit' }] }),
  },
  { keys: ['C-c'], help: 'leave now', press: (model) => ({ model, orders: [{ do: 'quit' }] }) },
  {
    keys: ['C-z'],
    help: 'go to the background; fg comes back',
    press: (model) => ({ model, orders: [{ do: 'suspend' }] }),
  },
  { keys: ['C-l'], help: 'draw everything anew', press: (model) => ({ model, orders: [{ do: 'redraw' }] }) },
];

/** Keys of what lies over a page and is only looked at. */
const overlayKeys: readonly KeyRow[] = [
  {
    keys: ['escape', 'enter', 'q'],
    label: 'back',
    help: 'back to the page',
    press: (model) => ({ model: closeOverlay(model) }),
  },
];

const trialKeys: readonly KeyRow[] = overlayKeys.map((row) => ({
  ...row,
  press: (model) => ({ model: closeOverlay(model), orders: [{ do: 'stop-test' }] }),
}));

const keysOver: Readonly<Record<Exclude<Overlay['kind'], 'import' | 'auditing'>, readonly KeyRow[]>> = {
  ...{ builder: builderKeys, trial: trialKeys, sources: sourceKeys, evidence: evidenceKeys },
  ...{ help: overlayKeys, session: overlayKeys, proxy: [...overlayKeys, proxyEvidenceKey] },
};

const keysIn = (overlay: Overlay): readonly KeyRow[] => {
  if (overlay.kind === 'import') return importKeys(overlay.importing);
  return overlay.kind === 'auditing' ? auditingKeys(overlay.auditing) : keysOver[overlay.kind];
};

/** The keys that a model knows now, the nearest first. */
export const keysOf = (model: Model): readonly KeyRow[] =>
  model.overlay === undefined
    ? [...pageOf(model).keys, ...commonKeys]
    : [...keysIn(model.overlay), ...commonKeys.filter(isAlways)];

const isAlways = ({ keys }: KeyRow): boolean => keys[0]?.startsWith('C-') === true;
