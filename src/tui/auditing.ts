/** Begins an audit: asks what is to be audited and how much, and asks for leave where proxies are of other people. */

import type { Tier } from '../model/audit.js';
import type { AuditWish } from '../engine/controller.js';
import { isRunning, withAudits } from './audit-state.js';
import { wishText } from './audit-run.js';
import { selectionIn } from './book-state.js';
import { type Line, type Span, emptyLine, span } from './line.js';
import { type KeyRow, type Look, type Model, type Step, closeOverlay } from './page.js';
import { choose, clean, wrap } from './text.js';

/** What is asked for. */
export interface Wish {
  readonly of: AuditWish['of'];
  readonly tier: Tier;
}

/** How far the questions are. */
export type Auditing =
  | { readonly step: 'ask'; readonly at: number; readonly filter: string; readonly tier: Tier }
  /** Nobody has said yet that proxies of other people may be asked. */
  | { readonly step: 'consent'; readonly wish: Wish };

/** What each tier that is offered asks. */
const offered = [
  ['pulse', 'does it work'],
  ['quick', 'a first grade'],
  ['full', 'everything at one sitting'],
] as const satisfies readonly (readonly [Tier, string])[];

/** Begins with what the book shows. */
export const beginAudit = (model: Model): Model => ({
  ...model,
  overlay: { kind: 'auditing', auditing: { step: 'ask', at: 0, filter: model.book.filter, tier: 'quick' } },
});

/** A model that shows the run, and the order that begins it. */
const startRun = (model: Model, wish: Wish, agreed?: true): Step => ({
  model: withAudits(
    { ...closeOverlay(model), page: 'audit' },
    {
      run: { ...wish, phase: 'running', notices: [], reports: 0 },
    },
  ),
  orders: [{ do: 'audit', ...wish, ...(agreed === undefined ? {} : { agreed }) }],
});

const withStep = (model: Model, auditing: Auditing): Model => ({ ...model, overlay: { kind: 'auditing', auditing } });

const auditingIn = ({ overlay }: Model): Auditing | undefined =>
  overlay?.kind === 'auditing' ? overlay.auditing : undefined;

/** Moves between what may be audited. */
export const moveInAuditing = (auditing: Auditing, by: number): Auditing =>
  auditing.step === 'ask' ? { ...auditing, at: Math.max(0, Math.min(auditing.at + by, 1)) } : auditing;

/** The dialog with another filter of the book. */
export const withAuditFilter = (model: Model, filter: string): Model => {
  const auditing = auditingIn(model);
  return auditing?.step === 'ask' ? withStep(model, { ...auditing, filter, at: 0 }) : model;
};

/** What the dialog stands for; undefined where there is nothing to audit. */
const wishOf = (auditing: Auditing, { snapshot: { cascade } }: Look): Wish | undefined => {
  if (auditing.step === 'consent') return auditing.wish;
  const { at, filter, tier } = auditing;
  if (at === 0) return { of: { kind: 'book', filter }, tier };
  return cascade === undefined ? undefined : { of: { kind: 'cascade', name: cascade }, tier };
};

const notNow = (model: Model, look: Look): string | undefined => {
  const auditing = auditingIn(model);
  if (auditing?.step !== 'ask') return undefined;
  if (auditing.at === 1) return look.snapshot.cascade === undefined ? 'No cascade is in use.' : undefined;
  const { trouble, length } = found(auditing.filter, look);
  return trouble ?? (length === 0 ? 'The filter finds no proxy.' : undefined);
};

const found = (filter: string, { shelf }: Look) =>
  shelf.rows({ filter: filter.trim() === '' ? 'shelf!=archived' : filter, sort: 'rank', reverse: false });

const start =
  (agreed?: true) =>
  (model: Model, look: Look): Step => {
    const auditing = auditingIn(model);
    const wish = auditing && wishOf(auditing, look);
    return wish === undefined ? { model } : startRun(model, wish, agreed);
  };

const turnTier =
  (by: 1 | -1) =>
  (model: Model): Step => {
    const auditing = auditingIn(model);
    if (auditing?.step !== 'ask') return { model };
    const at = offered.findIndex(([tier]) => tier === auditing.tier);
    return { model: withStep(model, { ...auditing, tier: offered[at + by]?.[0] ?? auditing.tier }) };
  };

const leave: Pick<KeyRow, 'press'> = { press: (model) => ({ model: closeOverlay(model) }) };

const stepKeys: Readonly<Record<Auditing['step'], readonly KeyRow[]>> = {
  ask: [
    { keys: ['enter'], label: 'begin', help: 'begin the audit', disabled: notNow, press: start() },
    { keys: ['right'], label: 'more', help: 'ask more: pulse, quick, full', press: turnTier(1) },
    { keys: ['left'], label: 'less', help: 'ask less', press: turnTier(-1) },
    {
      keys: ['/'],
      label: 'filter',
      help: 'which proxies of the book: type a filter as on page 4',
      press: (model) => {
        const auditing = auditingIn(model);
        return auditing?.step === 'ask'
          ? { model: { ...model, typing: { what: 'audit-filter', text: auditing.filter } } }
          : { model };
      },
    },
    { keys: ['escape', 'q'], label: 'leave', help: 'audit nothing', ...leave },
  ],
  consent: [
    { keys: ['y'], label: 'yes', help: 'proxies of other people may be asked, now and later', press: start(true) },
    { keys: ['escape', 'n', 'q'], label: 'no', help: 'they may not: audit nothing', ...leave },
  ],
};

/** The keys of the dialog as it stands. */
export const auditingKeys = ({ step }: Auditing): readonly KeyRow[] => stepKeys[step];

/** Every key of the dialog, for the help. */
export const allAuditingKeys: readonly KeyRow[] = Object.values(stepKeys).flat();

/** Keys of the book that begin an audit of its proxies. */
export const bookAuditKeys = (nobody: KeyRow['disabled']): readonly KeyRow[] => {
  const disabled: KeyRow['disabled'] = (model, look) =>
    isRunning(model) ? 'An audit is under way; x on page 5 stops it.' : nobody?.(model, look);
  return [
    {
      ...{ keys: ['a'], label: 'audit', disabled },
      help: 'audit what is marked, or the chosen one; page 5 shows what is found',
      press: (model, look) => {
        const which = selectionIn(model, look);
        if (which === undefined) return { model };
        const of: AuditWish['of'] =
          'ids' in which ? { kind: 'proxies', proxies: which.ids } : { kind: 'book', filter: which.filter };
        return startRun(model, { of, tier: 'quick' });
      },
    },
    {
      ...{ keys: ['A'], disabled },
      help: 'audit everything that the filter finds',
      press: (model) => startRun(model, { of: { kind: 'book', filter: model.book.filter }, tier: 'quick' }),
    },
  ];
};

const paragraph = (text: string, columns: number, tone?: Span['tone']): readonly Line[] =>
  wrap(text, columns - 4).map((each): Line => [span(`  ${each}`, tone)]);

/** The dialog over the whole page. */
export const auditingLines = (auditing: Auditing, look: Look, columns: number): readonly Line[] => [
  [span(' audit proxies', 'strong')],
  emptyLine,
  ...(auditing.step === 'ask' ? askLines(auditing, look, columns) : consentLines(auditing.wish, columns)),
];

const consentLines = ({ of, tier }: Wish, columns: number): readonly Line[] => [
  ...paragraph(`${tier} of ${wishText(of)}`, columns, 'faint'),
  emptyLine,
  ...paragraph(
    'An audit asks proxies of other people, who may not have meant them for you. Only listed ports are asked, and for your own judge only. y says that you may use them, now and later.',
    columns,
    'warn',
  ),
];

const askLines = (
  { at, filter, tier }: Extract<Auditing, { step: 'ask' }>,
  look: Look,
  columns: number,
): readonly Line[] => {
  const { trouble, length } = found(filter, look);
  const { cascade } = look.snapshot;
  const count = trouble ?? `${length} ${length === 1 ? 'proxy' : 'proxies'}`;
  const book: Line = [
    span(`   ${wishText({ kind: 'book', filter })}`),
    span(`  ${clean(count)}`, trouble === undefined ? 'faint' : 'bad'),
  ];
  const name = cascade === undefined ? 'no cascade is in use' : wishText({ kind: 'cascade', name: cascade });
  const used: Line = [
    span(`   ${name}`, cascade === undefined ? 'faint' : 'plain'),
    span(cascade === undefined ? '' : '  in use; as a site sees it', 'faint'),
  ];
  return [
    ...[book, used].map((line, index) => (index === at ? choose(line, columns) : line)),
    emptyLine,
    ...offered.map(
      ([each, meaning]): Line => [
        span(each === tier ? '  * ' : '    ', 'accent'),
        span(each.padEnd(6), each === tier ? 'strong' : 'faint'),
        span(meaning, 'faint'),
      ],
    ),
    emptyLine,
    ...paragraph(
      'It needs a judge that is yours: kaskade judge runs one, kaskade config set judges says where it is.',
      columns,
      'faint',
    ),
  ];
};
