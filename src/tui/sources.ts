/** The lists that the book came from: how fresh they are, what the last time brought, and what is the matter with them. */

import type { SourceView } from '../engine/controller.js';
import { ageText } from './figures.js';
import { type Line, type Size, emptyLine, span } from './line.js';
import { type KeyRow, type Look, type Model, type Step, closeOverlay } from './page.js';
import { choose, clean, fit, wrap } from './text.js';
import { inSight, itemsOf } from './window.js';

/** The chosen source. */
const chosen = ({ overlay }: Model, { shelf }: Look): SourceView | undefined =>
  overlay?.kind === 'sources' ? shelf.sources()[overlay.at] : undefined;

/** Moves between sources. */
export const moveInSources = (at: number, { shelf }: Look, by: number): number =>
  Math.max(0, Math.min(at + by, shelf.sources().length - 1));

const nobody = (model: Model, look: Look): string | undefined =>
  chosen(model, look) === undefined ? 'No list was taken yet.' : undefined;

const notAgain = (model: Model, look: Look): string | undefined => {
  const source = chosen(model, look);
  if (source === undefined) return nobody(model, look);
  const canBe = source.kind === 'file' || source.kind === 'url';
  return canBe ? undefined : `${source.name} was pasted: there is nothing to read again.`;
};

const ordering =
  (what: 'refresh-source' | 'forget-source') =>
  (model: Model, look: Look): Step => {
    const source = chosen(model, look);
    return source === undefined ? { model } : { model, orders: [{ do: what, name: source.name }] };
  };

/** The keys of the sources. */
export const sourceKeys: readonly KeyRow[] = [
  {
    keys: ['r', 'enter'],
    label: 'read again',
    help: 'read the chosen source again, by the way that it has',
    disabled: notAgain,
    press: ordering('refresh-source'),
  },
  {
    keys: ['f'],
    label: 'forget',
    help: 'remove the chosen source; proxies that only it named go with it',
    twice: true,
    disabled: nobody,
    press: ordering('forget-source'),
  },
  {
    keys: ['escape', 'q', 'o'],
    label: 'back',
    help: 'back to the book',
    press: (model) => ({ model: closeOverlay(model) }),
  },
];

/** The sources over the whole page: a row each, and below what is known of the chosen one. */
export const sourceLines = (at: number, { shelf, today }: Look, { columns, rows }: Size): readonly Line[] => {
  const sources = shelf.sources();
  if (sources.length === 0) return [[span(' No list was taken yet; i on the page of the book takes one.')]];
  const below = detailOf(sources[at], today, columns);
  const name = Math.max(16, columns - 58);
  const window = inSight(
    itemsOf(sources, (source) => source.name),
    { at, top: 0 },
    Math.max(1, rows - below.length - 2),
  );
  return [
    [
      span(
        ` ${fit('source', name)} ${fit('proxies', 8, 'right')} ${fit('added', 7, 'right')} ${fit('dropped', 8, 'right')}  ${fit('last', 12)} ${fit('again', 14)}`,
        'faint',
      ),
    ],
    ...window.items.map((source, row) => {
      const line = rowOf(source, today, name);
      return window.top + row === window.chosen ? choose(line, columns) : line;
    }),
    emptyLine,
    ...below,
  ];
};

const rowOf = (source: SourceView, now: number, name: number): Line => {
  const { proxies, added, dropped, fetched, every, trouble } = source;
  const isStale = every !== undefined && now - fetched > 2 * every;
  return [
    span(` ${fit(clean(source.name), name)} `, trouble === undefined ? 'plain' : 'bad'),
    span(`${fit(String(proxies), 8, 'right')} ${fit(`+${added}`, 7, 'right')} ${fit(`-${dropped}`, 8, 'right')}  `),
    span(`${fit(`${ageText(now - fetched)} ago`, 12)} `, isStale ? 'warn' : 'plain'),
    span(fit(every === undefined ? '' : `every ${ageText(every)}`, 14), 'faint'),
  ];
};

const detailOf = (source: SourceView | undefined, now: number, columns: number): readonly Line[] => {
  if (source === undefined) return [];
  const { kind, place, way, format, nextFetch, trouble } = source;
  const next = nextFetch === undefined ? '' : `, again ${nextFetch <= now ? 'now' : `in ${ageText(nextFetch - now)}`}`;
  const from = `${place ?? kind}${way === undefined ? '' : `, ${way}`}, read as ${format}${next}`;
  return [
    ...wrap(from, columns - 4).map((text): Line => [span(`  ${text}`, 'faint')]),
    ...(trouble === undefined ? [] : wrap(trouble, columns - 4).map((text): Line => [span(`  ${text}`, 'bad')])),
  ];
};
