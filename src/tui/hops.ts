/** Page 2: the chosen cascade opened, hop by hop: how each is doing, why, and who sees what. */

import { type Bound, boundSpan, labelBound, labelShare, timeSteps } from '../model/bound.js';
import { drawBox } from '../model/box.js';
import type { ProxyId } from '../model/cascade.js';
import { type Failure, explain } from '../model/failure.js';
import type { CascadeView, PositionView } from '../model/snapshot.js';
import type { EdgeHealth, HopHealth, Spread } from '../model/standing.js';
import { chosenCascade } from './cascades.js';
import { bar } from './chart.js';
import { ageText } from './figures.js';
import { type Line, type Size, type Span, type Tone, emptyLine, span } from './line.js';
import type { Look, Model, Page } from './page.js';
import { type Health, healthOf, shortLabel, standingAt, standingLetter, standingTone } from './standings.js';
import { clean, clip, fit, wrap } from './text.js';

const view = (model: Model, look: Look, { columns, rows }: Size): readonly Line[] => {
  const cascade = chosenCascade(model, look);
  if (cascade === undefined) return [[span('  No cascade is chosen: page 1 lists them.')]];
  const lines = linesOf(cascade, look, columns);
  return lines.slice(topOf(model.hopsTop, lines.length, rows)).slice(0, rows);
};

const topOf = (wanted: number, length: number, rows: number): number => Math.max(0, Math.min(wanted, length - rows));

const linesOf = (cascade: CascadeView, look: Look, columns: number): readonly Line[] => {
  const health = healthOf(look.snapshot);
  return [
    heading(cascade, look),
    ...cascade.rating.raise.flatMap((text) =>
      wrap(`Would raise it: ${text}`, columns - 4, '  ').map((line): Line => [span(`  ${line}`, 'faint')]),
    ),
    ...cascade.positions.flatMap((position, index) => [
      ...(position.filter === undefined ? [] : [emptyLine, drawnLine(position.filter, index, columns)]),
      ...position.among.flatMap((proxy) => [
        emptyLine,
        ...hopLines({ cascade, position, index, proxy }, look, health, columns),
      ]),
    ]),
    emptyLine,
    ...boxLines(cascade, look),
  ];
};

const heading = ({ name, rating }: CascadeView, { snapshot }: Look): Line => [
  span(` ${clean(name)}`, 'strong'),
  span(name === snapshot.cascade ? ', in use' : ''),
  span(`   meter ${rating.diversity},${rating.evidence} / 6,6`, rating.diversity <= 1 ? 'warn' : 'plain'),
  span('  (diversity of entry and exit, evidence of audits)', 'faint'),
];

const drawnLine = (filter: string, index: number, columns: number): Line => [
  span(`   hop ${index + 1}  `, 'faint'),
  span(clip(clean(`{${filter}}`), columns - 40), 'strong'),
  span('   drawn from the book', 'faint'),
];

interface At {
  readonly cascade: CascadeView;
  readonly position: PositionView;
  readonly index: number;
  readonly proxy: ProxyId;
}

const hopLines = (at: At, look: Look, health: Health, columns: number): readonly Line[] => {
  const hop = health.hop(at.proxy);
  const before = at.cascade.positions[at.index - 1];
  const standing = standingAt(at.proxy, before, health);
  const since = hop === undefined ? '' : `, for ${ageText(look.now - hop.since)}`;
  const choice = at.position.among.length > 1 ? ` ~${at.position.pick}` : '';
  return [
    [
      span(` ${standingLetter[standing]} `, standingTone[standing]),
      span(`hop ${at.index + 1}  `, 'faint'),
      span(clip(clean(at.proxy), columns - 40), 'strong'),
      span(choice, 'faint'),
      span(`   ${standing}${since}`, standingTone[standing]),
      span(hop?.exit === undefined ? '' : `   exit ${clean(hop.exit)}`),
    ],
    ...(hop === undefined ? [[span('     nothing is known yet', 'faint')]] : figureLines(hop, look, columns)),
    ...mishapLines(hop, waysTo(at, health), look, columns),
  ];
};

const figureLines = (hop: HopHealth, look: Look, columns: number): readonly Line[] => {
  const shares = `     good: ${labelShare(hop.hour)} in the last hour, ${labelShare(hop.day)} in 24 hours`;
  return [
    ...spreadLine('connect', hop.connect, look, columns),
    ...spreadLine('exchange', hop.exchange, look, columns),
    ...spreadLine('first byte', hop.firstByte, look, columns),
    [span(shares)],
    [
      span('     last hour '),
      ...recentSpans(hop.recent, look),
      span('  failed '),
      span(look.glyphs.failed, 'bad'),
      span(', nothing tried '),
      span(look.glyphs.nothing, 'faint'),
    ],
    ...weekLines(hop, columns),
  ];
};

const barCells = 16;

const spreadLine = (name: string, { p50, p90 }: Spread, { glyphs }: Look, columns: number): readonly Line[] => {
  if (p50 === undefined) return [];
  const drawn = columns >= 70 ? `${bar(shareOf(p50), barCells, glyphs)} ` : '';
  return [
    [
      span(`     ${fit(name, 11)}`),
      span(drawn, toneOf(p50)),
      span(`half ${fit(labelBound(p50), 10)}  nine of ten ${labelBound(p90)}`),
    ],
  ];
};

/** A step of time as a share of all steps. */
const shareOf = (bound: Bound): number => {
  const at = timeSteps.findIndex((step) => step >= boundSpan(bound));
  return at === -1 ? 1 : (at + 1) / (timeSteps.length + 1);
};

const toneOf = (bound: Bound): 'good' | 'warn' | 'bad' => {
  if (boundSpan(bound) <= 600) return 'good';
  return boundSpan(bound) <= 2_500 ? 'warn' : 'bad';
};

const recentSpans = (recent: HopHealth['recent'], { glyphs }: Look): readonly Span[] =>
  recent.map((cell) => {
    if (cell === null) return span(glyphs.nothing, 'faint');
    if (cell === 'failed') return span(glyphs.failed, 'bad');
    return span(glyphs.levels[Math.min(7, Math.round(shareOf(cell) * 7))] ?? '', toneOf(cell));
  });

/** 168 hours as one row of tenths, where there is room for it. */
const weekLines = ({ week }: HopHealth, columns: number): readonly Line[] => {
  if (columns < 190 || !/\d/.test(week)) return [];
  const cells = Array.from(week, (hour) => span(hour, hourTone(hour)));
  return [[span('     7 × 24 h  '), ...cells]];
};

const hourTone = (hour: string): Tone => {
  if (hour === '.') return 'faint';
  if (hour === '9') return 'good';
  return hour >= '5' ? 'warn' : 'bad';
};

/** The ways to a hop that are ill, from the proxies before it. */
const waysTo = ({ cascade, index, proxy }: At, health: Health): readonly EdgeHealth[] =>
  (cascade.positions[index - 1]?.among ?? []).flatMap((from) => {
    const edge = health.edge(from, proxy);
    return edge?.standing === 'down' || edge?.standing === 'suspect' ? [edge] : [];
  });

const mishapLines = (
  hop: HopHealth | undefined,
  ways: readonly EdgeHealth[],
  look: Look,
  columns: number,
): readonly Line[] => [
  ...ways.map(
    ({ from, to }): Line => [span(`     ${shortLabel(from ?? to)} does not forward to ${shortLabel(to)}`, 'bad')],
  ),
  ...(hop?.filters === true
    ? [[span('     filters your cascade: it refuses some next hops far more often than others do', 'bad')]]
    : []),
  ...(hop?.mishap === undefined ? [] : sentenceOf(hop.mishap.failure, ageText(look.now - hop.mishap.at), columns)),
];

const sentenceOf = (failure: Failure, age: string, columns: number): readonly Line[] =>
  wrap(`last failure, ${age} ago: ${explain(failure).sentence}`, columns - 6, '  ').map(
    (text): Line => [span(`     ${text}`, 'warn')],
  );

/** The box needs the credentials' presence, which only a stored cascade has. */
const boxLines = ({ name }: CascadeView, { stored }: Look): readonly Line[] => {
  const cascade = stored(name);
  return cascade === undefined ? [] : drawBox(cascade).map((text): Line => [span(` ${text}`)]);
};

/** Page 2. */
export const hopsPage: Page = {
  id: 'hops',
  digit: '2',
  title: 'Hops',
  view,
  keys: [],
  move: (model, look, how, rows) => {
    const cascade = chosenCascade(model, look);
    const length = cascade === undefined ? 0 : linesOf(cascade, look, model.size.columns).length;
    const now = topOf(model.hopsTop, length, rows);
    const to =
      typeof how === 'object'
        ? how.to
        : { up: now - 1, down: now + 1, 'page-up': now - rows, 'page-down': now + rows, home: 0, end: length }[how];
    return { ...model, hopsTop: topOf(to, length, rows) };
  },
  click: (model) => model,
};
