/** How a cascade that is being built looks: its hops, what speaks against it, and the proxies to choose from. */

import type { BookEntry } from '../model/book.js';
import type { ProxyId } from '../model/cascade.js';
import { type BuilderState, verdictOf } from './builder.js';
import { poolOf, releasedIn } from './builder-pool.js';
import { type Line, type Size, type Span, emptyLine, span } from './line.js';
import type { Look } from './page.js';
import { healthOf, standingCell } from './standings.js';
import { choose, clean, clip, fit, wrap } from './text.js';
import { inSight } from './window.js';

/** The builder over the whole page. */
export const builderLines = (builder: BuilderState, look: Look, size: Size): readonly Line[] => {
  const above = [
    [
      span(` ${builder.replaces === undefined ? 'new cascade' : 'change cascade'} `, 'strong'),
      span(builder.typing?.what === 'name' ? `${clean(builder.typing.text)}_` : clean(builder.name), 'accent'),
    ],
    emptyLine,
    ...positionLines(builder, look, size.columns),
    emptyLine,
    ...adviceLines(builder, look, size.columns),
    typingLine(builder, look),
    offerLine(builder),
  ];
  return [...above, ...poolLines(builder, look, { ...size, rows: Math.max(1, size.rows - above.length) })];
};

const offerLine = ({ wanted, typing }: BuilderState): Line => {
  const filter = typing?.what === 'wanted' ? typing.text : wanted;
  if (filter === '' && typing?.what !== 'wanted')
    return [span(' known proxies, then the released ones of the book', 'faint')];
  return [
    span(' released proxies of the book that fit /', 'faint'),
    span(clean(filter)),
    span(typing?.what === 'wanted' ? '_' : '', 'accent'),
  ];
};

const positionLines = ({ positions, at }: BuilderState, look: Look, columns: number): readonly Line[] =>
  positions.map(({ pick, among, filter }, index): Line => {
    const isEmpty = among.length === 0 && filter === undefined;
    const named = isEmpty ? '(nobody yet)' : among.map(shown).join(' | ');
    const items = filter === undefined ? named : clean(`{${filter}}`);
    const line = [
      span(` ${index === at ? look.glyphs.marker : ' '} hop ${index + 1}  `, 'accent'),
      span(clip(items, columns - 38), isEmpty ? 'faint' : 'plain'),
      span(among.length > 1 || filter !== undefined ? `  ~${pick}` : '', 'faint'),
      ...(filter === undefined ? [] : [foundSpan(filter, look)]),
    ];
    return index === at ? choose(line, columns) : line;
  });

const adviceLines = (builder: BuilderState, look: Look, columns: number): readonly Line[] => {
  const verdict = verdictOf(builder, look);
  if (verdict.error !== undefined)
    return wrap(verdict.error, columns - 2).map((text): Line => [span(` ${text}`, 'bad')]);
  const { warnings, rating } = verdict;
  return [
    [span(` meter ${rating.diversity},${rating.evidence} / 6,6`), span('   it can be stored with s', 'good')],
    ...warnings.flatMap((warning) =>
      wrap(`Note: ${warning}`, columns - 2).map((text): Line => [span(` ${text}`, 'warn')]),
    ),
  ];
};

/** A password that is being typed is not shown, nor what may become one. */
const typingLine = ({ typing }: BuilderState, look: Look): Line => {
  if (typing?.what === 'filter')
    return [
      span(' {', 'accent'),
      span(clean(typing.text)),
      span('_', 'accent'),
      span('}', 'accent'),
      foundSpan(typing.text, look),
    ];
  if (typing?.what !== 'hop') return emptyLine;
  return [span(' hop: ', 'accent'), span(hiding(typing.text)), span('_', 'accent')];
};

/** How many released proxies a filter finds now, or why it is none. */
const foundSpan = (filter: string, look: Look): Span => {
  const { length, trouble: whole } = releasedIn(look, filter, 'any');
  // Places in the text are those of the filter by itself.
  const trouble = whole && (look.shelf.rows({ filter, sort: 'rank', reverse: false }).trouble ?? whole);
  return trouble === undefined
    ? span(`  ${length} released`, length > 0 ? 'good' : 'warn')
    : span(`  ${trouble}`, 'bad');
};

const hiding = (text: string): string => {
  const [, scheme = '', rest = ''] = /^([a-z0-9+.-]*:?\/{0,2})(.*)$/i.exec(text) ?? [];
  const at = rest.lastIndexOf('@');
  if (at !== -1) return clean(`${scheme}•••@${rest.slice(at + 1)}`);
  const colon = rest.indexOf(':');
  // Behind a colon stands a port, or a password whose @ is still to come.
  const safe = colon === -1 || /^\d{0,5}$/.test(rest.slice(colon + 1)) || rest.startsWith('[');
  return clean(safe ? text : `${scheme}${rest.slice(0, colon + 1)}${'•'.repeat(rest.length - colon - 1)}`);
};

const poolLines = (builder: BuilderState, look: Look, { columns, rows }: Size): readonly Line[] => {
  const pool = poolOf(builder, look);
  if (pool.length === 0) return [[span(' none yet: u types one, such as socks5h://a.example:1080', 'faint')]];
  const health = healthOf(look.snapshot);
  const window = inSight(pool, { at: builder.pool, top: 0 }, rows);
  return window.items.map(({ id, entry }, row): Line => {
    const places = builder.positions.flatMap(({ among }, index) => (among.includes(id) ? [`hop ${index + 1}`] : []));
    const line = [
      span('   '),
      standingCell(health.hop(id as ProxyId)?.standing ?? 'unknown'),
      span(` ${fit(shown(id), Math.max(10, columns - 50))} `),
      span(fit(entry === undefined ? '' : knownOf(entry), 28), 'faint'),
      span(' '),
      span(places.join(', '), 'faint'),
    ];
    return window.top + row === window.chosen ? choose(line, columns) : line;
  });
};

/** What the book knows of a proxy, in few words. */
const knownOf = ({ entry, tunnel, trials: { good, all } }: BookEntry): string =>
  [entry?.country ?? '-', tunnel?.grade ?? 'untested', all === 0 ? 'never tried' : `${good} of ${all}`].join(', ');

/** What may be shown of a hop: one that was typed may hold a password. */
const shown = (item: string): string => clean(item.replace(/\/\/[^/?#]*@/, '//•••@'));
