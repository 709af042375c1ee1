/** Takes a list into the book: asks where it is, by which way, and shows what it would bring before it is taken. */

import type { Rejection } from '../model/book.js';
import type { ListInput, Preview, UrlInput } from '../engine/controller.js';
import { bytesText } from './figures.js';
import { type Line, type Size, type Span, emptyLine, span } from './line.js';
import { type KeyRow, type Look, type Model, type Step, closeOverlay } from './page.js';
import { choose, clean, clip, wrap } from './text.js';

/** How far it is. */
export type Importing =
  | { readonly step: 'ask' }
  | { readonly step: 'way'; readonly url: string; readonly at: number }
  /** The way is direct, and nobody has said yet that this is all right. */
  | { readonly step: 'consent'; readonly input: UrlInput }
  | { readonly step: 'looking'; readonly name: string; readonly bytes: number; readonly read: number }
  | { readonly step: 'preview'; readonly input: ListInput; readonly preview: Preview }
  | { readonly step: 'taking'; readonly name: string; readonly bytes: number; readonly read: number }
  | { readonly step: 'refused'; readonly name: string; readonly why: string };

/** Begins with the question. */
export const beginImport = (model: Model): Model => ({
  ...model,
  overlay: { kind: 'import', importing: { step: 'ask' } },
  typing: { what: 'import', text: '' },
});

const withStep = (model: Model, importing: Importing): Model => ({ ...model, overlay: { kind: 'import', importing } });

/** What a list is called while it is on its way. */
export const nameOf = (input: ListInput): string => {
  switch (input.kind) {
    case 'file':
      return input.path;
    case 'url':
      return input.url;
    case 'text':
      return 'what was pasted';
    case 'stdin':
      return 'stdin';
  }
};

/** A path is looked at, a URL is asked for its way first. */
export const takePlace = (model: Model, text: string): Step => {
  const place = text.trim();
  if (place === '') return { model: closeOverlay(model) };
  if (/^https?:\/\//i.test(place)) return { model: withStep(model, { step: 'way', url: place, at: 0 }) };
  return lookAtList(model, { kind: 'file', path: place });
};

/** Text that was pasted is a list. */
export const takePasted = (model: Model, text: string): Step => lookAtList(model, { kind: 'text', text });

const lookAtList = (model: Model, input: ListInput): Step => ({
  model: withStep(model, { step: 'looking', name: nameOf(input), bytes: 0, read: 0 }),
  orders: [{ do: 'preview', input }],
});

/** A way out as it is offered, and as it is meant. */
interface Offer {
  readonly way: string;
  readonly text: string;
}

const offersIn = ({ snapshot }: Look): readonly Offer[] => [
  ...(snapshot.cascade === undefined
    ? []
    : [{ way: 'cascade', text: `through the cascade in use, ${clean(snapshot.cascade)} now` }]),
  ...snapshot.cascades.map(({ name }) => ({ way: `cascade ${name}`, text: `through the cascade ${clean(name)}` })),
  { way: 'environment', text: 'through the proxy that the environment names (http_proxy and its relatives)' },
  { way: 'direct', text: 'directly: the host of the list sees your own address' },
];

/** Moves between the ways. */
export const moveInWays = (importing: Importing, look: Look, by: number): Importing => {
  if (importing.step !== 'way') return importing;
  return { ...importing, at: Math.max(0, Math.min(importing.at + by, offersIn(look).length - 1)) };
};

const chooseWay = (model: Model, look: Look): Step => {
  const importing = importingIn(model);
  const offer = importing?.step === 'way' ? offersIn(look)[importing.at] : undefined;
  if (importing?.step !== 'way' || offer === undefined) return { model };
  return lookAtList(model, { kind: 'url', url: importing.url, way: offer.way });
};

const importingIn = ({ overlay }: Model): Importing | undefined =>
  overlay?.kind === 'import' ? overlay.importing : undefined;

const agree = (model: Model): Step => {
  const importing = importingIn(model);
  return importing?.step === 'consent' ? lookAtList(model, { ...importing.input, consent: true }) : { model };
};

const takeIt = (model: Model): Step => {
  const importing = importingIn(model);
  if (importing?.step !== 'preview') return { model };
  const { input } = importing;
  return {
    model: withStep(model, { step: 'taking', name: nameOf(input), bytes: 0, read: 0 }),
    orders: [{ do: 'import', input }],
  };
};

const leaveKey = (label: string): KeyRow => ({
  keys: ['escape', 'q'],
  label,
  help: 'leave the list where it is; the book stays as it was',
  press: (model) => ({ model: closeOverlay(model), orders: [{ do: 'stop-import' }] }),
});

const stepKeys: Readonly<Record<Importing['step'], readonly KeyRow[]>> = {
  ask: [leaveKey('leave')],
  way: [
    { keys: ['enter'], label: 'go', help: 'fetch the list by the chosen way, to look at it', press: chooseWay },
    leaveKey('leave'),
  ],
  consent: [
    { keys: ['y'], label: 'yes', help: 'let hosts of lists see your address, now and later', press: agree },
    { ...leaveKey('no'), keys: ['escape', 'n', 'q'] },
  ],
  looking: [leaveKey('stop')],
  preview: [
    { keys: ['enter'], label: 'take', help: 'take the list into the book, in quarantine', press: takeIt },
    leaveKey('leave'),
  ],
  taking: [leaveKey('stop')],
  refused: [
    {
      keys: ['i', 'enter'],
      label: 'again',
      help: 'name another list',
      press: (model) => ({ model: beginImport(model) }),
    },
    leaveKey('leave'),
  ],
};

/** The keys of the dialog as it stands. */
export const importKeys = ({ step }: Importing): readonly KeyRow[] => stepKeys[step];

/** Every key of the dialog, for the help. */
export const allImportKeys: readonly KeyRow[] = [
  ...new Map(Object.values(stepKeys).flatMap((rows) => rows.map((row) => [row.help, row] as const))).values(),
];

/** The dialog over the whole page. */
export const importLines = (importing: Importing, look: Look, size: Size): readonly Line[] => [
  [span(' take a list into the book', 'strong')],
  emptyLine,
  ...bodyLines(importing, look, size),
];

const paragraph = (text: string, columns: number, tone?: Span['tone']): readonly Line[] =>
  wrap(text, columns - 4).map((each): Line => [span(`  ${each}`, tone)]);

const bodyLines = (importing: Importing, look: Look, size: Size): readonly Line[] => {
  const { columns } = size;
  switch (importing.step) {
    case 'ask':
      return paragraph(
        'Type a path or a URL, or paste a list. It is shown before anything is taken, and what is taken gets no traffic before you release it.',
        columns,
      );
    case 'way':
      return wayLines(importing, look, columns);
    case 'consent':
      return paragraph(
        'Fetched directly, the host of the list sees your own address. y allows that for all lists from now on.',
        columns,
        'warn',
      );
    case 'looking':
      return paragraph(`Looking at ${importing.name}: ${soFar(importing)} …`, columns);
    case 'preview':
      return previewLines(importing.preview, nameOf(importing.input), size);
    case 'taking':
      return paragraph(`Taking ${importing.name}: ${soFar(importing)} …`, columns);
    case 'refused':
      return [...paragraph(importing.name, columns, 'faint'), ...paragraph(importing.why, columns, 'bad')];
  }
};

const soFar = ({ bytes, read }: { readonly bytes: number; readonly read: number }): string =>
  `${read} lines, ${bytesText(bytes)}`;

const wayLines = (
  { url, at }: { readonly url: string; readonly at: number },
  look: Look,
  columns: number,
): readonly Line[] => [
  ...paragraph(`How is ${url} to be fetched? It is fetched to be looked at, and again when it is taken.`, columns),
  emptyLine,
  ...offersIn(look).map(({ way, text }, index): Line => {
    const line = [span(`   ${text}`, way === 'direct' ? 'warn' : 'plain')];
    return index === at ? choose(line, columns) : line;
  }),
];

const previewLines = (preview: Preview, name: string, { columns, rows }: Size): readonly Line[] => {
  const { format, proxies, ranges, rejected, first, sample } = preview;
  const reasons = (Object.entries(rejected) as [Rejection, number][]).sort((one, other) => other[1] - one[1]);
  const head: readonly Line[] = [
    ...paragraph(name, columns, 'faint'),
    [
      span(`  ${proxies} ${proxies === 1 ? 'proxy' : 'proxies'}`, proxies > 0 ? 'good' : 'warn'),
      span(`${ranges === 0 ? '' : `, ${ranges} blocked ranges`}, read as ${format}`),
    ],
    ...(reasons.length === 0
      ? []
      : paragraph(`not taken: ${reasons.map(([why, count]) => `${count} ${why}`).join(', ')}`, columns, 'warn')),
    emptyLine,
  ];
  const room = Math.max(2, rows - head.length - 5);
  const lost = Math.min(first.length, Math.ceil(room / 2));
  return [
    ...head,
    ...first
      .slice(0, lost)
      .map(
        ({ line, why, text }): Line => [span(`  line ${line}: ${why}: `, 'faint'), span(clip(clean(text), columns))],
      ),
    ...(lost === 0 ? [] : [emptyLine]),
    ...sample.slice(0, room - lost).map((proxy): Line => [span(`  ${clean(proxy)}`)]),
  ];
};
