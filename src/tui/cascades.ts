/** Page 1: the cascades, which one is in use, and how each is doing. */

import { type Bound, boundSpan, labelBound, labelShare } from '../model/bound.js';
import type { CascadeView } from '../model/snapshot.js';
import { beginBuilder } from './builder.js';
import { type Line, type Size, emptyLine, span } from './line.js';
import type { KeyRow, Look, Model, Page, Step } from './page.js';
import { type Health, healthOf, routeLine, standingCell } from './standings.js';
import { choose, clean, fit, wrap } from './text.js';
import { type Items, chosenIndex, inSight, itemsOf, move } from './window.js';

const items = ({ snapshot }: Look): Items<CascadeView> => itemsOf(snapshot.cascades, ({ name }) => name);

/** The cascade that is chosen on this page. */
export const chosenCascade = (model: Model, look: Look): CascadeView | undefined =>
  look.snapshot.cascades[chosenIndex(items(look), model.cascades)];

const view = (model: Model, look: Look, size: Size): readonly Line[] => {
  const { cascades } = look.snapshot;
  if (cascades.length === 0) return nothing(size);
  const health = healthOf(look.snapshot);
  const columns = columnsFor(size, cascades);
  const window = inSight(items(look), model.cascades, size.rows - 1);
  return [
    [span(header(columns), 'faint')],
    ...window.items.map((cascade, row) => {
      const line = rowOf(cascade, look, health, columns);
      return window.top + row === window.chosen ? choose(line, size.columns) : line;
    }),
  ];
};

const nothing = ({ columns }: Size): readonly Line[] => [
  emptyLine,
  ...wrap(
    'No cascade is stored yet. Press n to build one: pick a proxy for each hop, and give it a name.',
    columns - 4,
  ).map((text) => [span(`  ${text}`)]),
];

interface Columns {
  readonly name: number;
  readonly route: number;
  readonly wide: boolean;
}

/** Cells of what stands behind the route: time, success, meter. */
const tail = 10 + 2 + 8 + 2 + 5;

const columnsFor = ({ columns }: Size, cascades: readonly CascadeView[]): Columns => {
  const longest = Math.max(7, ...cascades.map(({ name }) => name.length));
  const wide = columns >= 72;
  const name = Math.min(longest, wide ? 20 : 12);
  return { name, route: Math.max(10, columns - 6 - name - 2 - (wide ? tail + 2 : 0)), wide };
};

const header = ({ name, route, wide }: Columns): string =>
  `      ${fit('cascade', name)}  ${fit('route', route)}${wide ? `  ${fit('time', 10)}  ${fit('good', 8)}  meter` : ''}`;

const rowOf = (cascade: CascadeView, look: Look, health: Health, columns: Columns): Line => {
  const { glyphs, snapshot } = look;
  const used = cascade.name === snapshot.cascade;
  const route = routeLine(cascade, health, columns.route, glyphs);
  const space = columns.route - route.reduce((sum, { text }) => sum + text.length, 0);
  return [
    span(` ${used ? glyphs.inUse : ' '} `, 'accent'),
    standingCell(cascade.standing),
    span(cascade.warm ? '~ ' : '  ', 'faint'),
    span(`${fit(clean(cascade.name), columns.name)}  `, used ? 'strong' : 'plain'),
    ...route,
    span(' '.repeat(Math.max(0, space))),
    ...(columns.wide ? figures(cascade, health) : []),
  ];
};

const figures = (cascade: CascadeView, health: Health): Line => {
  const { diversity, evidence } = cascade.rating;
  return [
    span(`  ${fit(labelBound(timeOf(cascade, health)), 10)}  ${fit(shareOf(cascade, health), 8)}  `),
    span(`${diversity},${evidence}`, diversity <= 1 ? 'warn' : 'plain'),
  ];
};

/** The slowest hop decides what a person waits for; one that is unknown makes the whole unknown. */
const timeOf = ({ positions }: CascadeView, health: Health): Bound | undefined => {
  const bounds = positions.map(({ among }) => least(among.flatMap((proxy) => health.hop(proxy)?.exchange.p50 ?? [])));
  return bounds.includes(undefined) ? undefined : bounds.reduce((one, other) => (larger(one, other) ? one : other));
};

const least = (bounds: readonly Bound[]): Bound | undefined =>
  bounds.length === 0 ? undefined : bounds.reduce((one, other) => (boundSpan(one) <= boundSpan(other) ? one : other));

const larger = (one: Bound | undefined, other: Bound | undefined): boolean =>
  one !== undefined && other !== undefined && boundSpan(one) >= boundSpan(other);

/** The share of good tries of the worst hop in the last hour. */
const shareOf = ({ positions }: CascadeView, health: Health): string => {
  const shares = positions.flatMap(({ among, filter }) =>
    filter === undefined ? among.map((proxy) => health.hop(proxy)?.hour ?? { good: 0, all: 0 }) : [{ good: 0, all: 0 }],
  );
  if (shares.some(({ all }) => all === 0)) return 'unknown';
  return labelShare(shares.reduce((one, other) => (one.good / one.all <= other.good / other.all ? one : other)));
};

const withChosen =
  (act: (cascade: CascadeView, model: Model, look: Look) => Step) =>
  (model: Model, look: Look): Step => {
    const cascade = chosenCascade(model, look);
    return cascade === undefined ? { model } : act(cascade, model, look);
  };

const noCascade = (model: Model, look: Look): string | undefined =>
  chosenCascade(model, look) === undefined ? 'There is no cascade to choose yet; n builds one.' : undefined;

const notStored = (model: Model, look: Look): string | undefined => {
  const cascade = chosenCascade(model, look);
  if (cascade === undefined) return noCascade(model, look);
  return look.stored(cascade.name) === undefined
    ? `${cascade.name} is not stored, so there is nothing to change.`
    : undefined;
};

const keys: readonly KeyRow[] = [
  {
    keys: ['enter'],
    label: 'use',
    help: 'send new sessions through the chosen cascade; open ones finish on theirs',
    disabled: noCascade,
    press: withChosen(({ name }, model) => ({
      model,
      orders: [{ do: 'command', command: { do: 'use-cascade', name }, said: `New sessions go through ${name}.` }],
    })),
  },
  {
    keys: ['n'],
    label: 'new',
    help: 'build a cascade, hop by hop',
    press: (model, look) => ({ model: { ...model, overlay: { kind: 'builder', builder: beginBuilder(look) } } }),
  },
  {
    keys: ['e'],
    label: 'edit',
    help: 'change the chosen cascade',
    disabled: notStored,
    press: withChosen((cascade, model, look) => ({
      model: { ...model, overlay: { kind: 'builder', builder: beginBuilder(look, cascade) } },
    })),
  },
  {
    keys: ['d'],
    label: 'delete',
    help: 'remove the chosen cascade',
    twice: true,
    disabled: notStored,
    press: withChosen(({ name }, model) => ({ model, orders: [{ do: 'remove-cascade', name }] })),
  },
  {
    keys: ['t'],
    label: 'test',
    help: 'dial the chosen cascade hop by hop, and show the time and the verdict of each',
    disabled: notStored,
    press: withChosen(({ name }, model) => ({
      model: { ...model, overlay: { kind: 'trial', trial: { cascade: name, verdicts: [], state: 'running' } } },
      orders: [{ do: 'test-cascade', name }],
    })),
  },
  {
    keys: ['r'],
    label: 'probe',
    help: 'probe the chosen cascade now, through its own hops',
    disabled: noCascade,
    press: withChosen(({ name }, model) => ({
      model,
      orders: [{ do: 'command', command: { do: 'probe', cascade: name }, said: `Probing ${name}.` }],
    })),
  },
  {
    keys: ['w'],
    label: 'warm',
    help: 'keep the chosen cascade warm (~): probed also while it is not in use; again: no longer',
    disabled: notStored,
    press: withChosen(({ name, warm }, model) => ({ model, orders: [{ do: 'keep-warm', name, warm: !warm }] })),
  },
];

/** Page 1. */
export const cascadesPage: Page = {
  id: 'cascades',
  digit: '1',
  title: 'Cascades',
  view,
  keys,
  move: (model, look, how, rows) => ({ ...model, cascades: move(items(look), model.cascades, how, rows - 1) }),
  click: (model, look, row, rows) => {
    const { top } = inSight(items(look), model.cascades, rows - 1);
    return row === 0
      ? model
      : { ...model, cascades: move(items(look), model.cascades, { to: top + row - 1 }, rows - 1) };
  },
};
