/** Builds a cascade: proxies are picked for each hop, and what speaks against it is said while one picks. */

import { type Draft, type Pick, picks, warningsOf } from '../model/cascade.js';
import { asKaskadeError } from '../model/error.js';
import { explain } from '../model/failure.js';
import { knownByCountry, rate } from '../model/rating.js';
import type { Snapshot } from '../model/snapshot.js';
import type { CascadeView } from '../model/snapshot.js';
import { type KeyRow, type Look, type Model, type Step, closeOverlay } from './page.js';
import { poolOf } from './builder-pool.js';

/** A cascade that is being built. */
export interface BuilderState {
  readonly name: string;
  /** The stored cascade that it takes the place of. */
  readonly replaces?: string;
  readonly positions: Draft;
  /** The position that picks go to. */
  readonly at: number;
  /** The chosen proxy of the pool. */
  readonly pool: number;
  /** What the proxies of the book have to fit to be offered. */
  readonly wanted: string;
  /** What is being typed: a hop, which may hold a password, the name, a filter for the hop, or one for what is offered. */
  readonly typing?: { readonly what: 'hop' | 'name' | 'filter' | 'wanted'; readonly text: string };
}

const emptyPosition: Draft[number] = { pick: 'first-up', among: [] };

/** An empty cascade, or a stored one to change. */
export const beginBuilder = ({ snapshot }: Look, cascade?: CascadeView): BuilderState => {
  if (cascade !== undefined) {
    const { name, positions } = cascade;
    return { name, replaces: name, positions, at: 0, pool: 0, wanted: '' };
  }
  const names = new Set(snapshot.cascades.map(({ name }) => name));
  let number = 1;
  while (names.has(`cascade-${number}`)) number += 1;
  return { name: `cascade-${number}`, positions: [emptyPosition], at: 0, pool: 0, wanted: '' };
};

/** The draft as a cascade with what speaks against it, or why it is none. */
export const verdictOf = ({ positions }: BuilderState, { compose, snapshot }: Look) => {
  const empty = positions.findIndex(({ among, filter }) => among.length === 0 && filter === undefined);
  if (empty !== -1) return { error: `Hop ${empty + 1} has no proxy yet: choose one below, or type one with u.` };
  try {
    const cascade = compose(positions);
    return { warnings: warningsOf(cascade), rating: rate(cascade, knownByCountry(countriesIn(snapshot))) };
  } catch (thrown) {
    return { error: explain(asKaskadeError(thrown).failure).sentence };
  }
};

/** What the engine has told of the countries of proxies, whichever cascade they are in. */
const countriesIn = ({ cascades }: Snapshot): Readonly<Record<string, string>> =>
  Object.fromEntries(cascades.flatMap(({ countries }) => Object.entries(countries)));

/** The builder of a model, where it is open. */
const builderIn = ({ overlay }: Model): BuilderState | undefined =>
  overlay?.kind === 'builder' ? overlay.builder : undefined;

const withBuilder =
  (change: (builder: BuilderState, look: Look) => BuilderState) =>
  (model: Model, look: Look): Step => {
    const builder = builderIn(model);
    return {
      model: builder === undefined ? model : { ...model, overlay: { kind: 'builder', builder: change(builder, look) } },
    };
  };

const atPosition = (builder: BuilderState, change: (position: Draft[number]) => Draft[number]): BuilderState => ({
  ...builder,
  positions: builder.positions.map((position, index) => (index === builder.at ? change(position) : position)),
});

const toggle = (builder: BuilderState, item: string): BuilderState =>
  atPosition(builder, ({ pick, among }) => ({
    pick,
    among: among.includes(item) ? among.filter((other) => other !== item) : [...among, item],
  }));

/** `{…}` as typed for a hop: a filter takes the place of the proxies there. */
const filtered = (builder: BuilderState, filter: string): BuilderState =>
  atPosition(builder, ({ pick }) => ({ pick, among: [], filter }));

const nextPick = (pick: Pick): Pick => picks[(picks.indexOf(pick) + 1) % picks.length] ?? pick;

const mostHops = 8;

/** The keys of the builder. */
export const builderKeys: readonly KeyRow[] = [
  {
    keys: ['enter', 'space'],
    label: 'take',
    help: 'take the chosen proxy for the marked hop, or leave it out again; several may stand for one hop',
    press: withBuilder((builder, look) => {
      const pool = poolOf(builder, look);
      const item = pool.at(Math.min(builder.pool, pool.length - 1));
      return item === undefined ? builder : toggle(builder, item.id);
    }),
  },
  {
    keys: ['s'],
    label: 'store',
    help: 'store the cascade',
    disabled: (model, look) => {
      const builder = builderIn(model);
      return builder === undefined ? undefined : verdictOf(builder, look).error;
    },
    press: (model) => {
      const builder = builderIn(model);
      if (builder === undefined) return { model };
      const { name, positions: draft, replaces } = builder;
      return { model, orders: [{ do: 'put-cascade', name, draft, ...(replaces === undefined ? {} : { replaces }) }] };
    },
  },
  {
    keys: ['u'],
    label: 'url',
    help: 'type a hop for the marked place; a password in it is hidden, and goes to the settings file only',
    press: withBuilder((builder) => ({ ...builder, typing: { what: 'hop', text: '' } })),
  },
  {
    keys: ['f'],
    label: 'filter',
    help: 'let a filter of the book stand for the marked place: {grade>=anonymous, country!=FR, up}; each session draws from what it finds then',
    press: withBuilder((builder) => ({
      ...builder,
      typing: { what: 'filter', text: builder.positions[builder.at]?.filter ?? '' },
    })),
  },
  {
    keys: ['/'],
    label: 'find',
    help: 'offer only what fits of the released proxies of the book',
    press: withBuilder((builder) => ({ ...builder, typing: { what: 'wanted', text: builder.wanted } })),
  },
  {
    keys: ['+', 'a'],
    label: '+hop',
    help: 'add a hop behind the marked one',
    disabled: (model) =>
      (builderIn(model)?.positions.length ?? 0) >= mostHops ? `${mostHops} hops are the most.` : undefined,
    press: withBuilder((builder) => {
      const at = builder.at + 1;
      return {
        ...builder,
        at,
        positions: [...builder.positions.slice(0, at), emptyPosition, ...builder.positions.slice(at)],
      };
    }),
  },
  {
    keys: ['-', 'x'],
    label: '-hop',
    help: 'remove the marked hop',
    disabled: (model) => ((builderIn(model)?.positions.length ?? 0) <= 1 ? 'One hop has to stay.' : undefined),
    press: withBuilder((builder) => {
      const positions = builder.positions.filter((_, index) => index !== builder.at);
      return { ...builder, positions, at: Math.min(builder.at, positions.length - 1) };
    }),
  },
  {
    keys: ['left', 'right', 'h', 'l'],
    label: 'hop',
    help: 'mark the hop before or behind',
    press: (model, look, key) =>
      withBuilder((builder) => {
        const at = builder.at + (key === 'left' || key === 'h' ? -1 : 1);
        return { ...builder, at: Math.max(0, Math.min(at, builder.positions.length - 1)) };
      })(model, look),
  },
  {
    keys: ['p'],
    label: 'pick',
    help: 'how one of several proxies is chosen: first-up, random, fastest or sticky',
    press: withBuilder((builder) =>
      atPosition(builder, (position) => ({ ...position, pick: nextPick(position.pick) })),
    ),
  },
  {
    keys: ['m'],
    label: 'name',
    help: 'name the cascade',
    press: withBuilder((builder) => ({ ...builder, typing: { what: 'name', text: builder.name } })),
  },
  {
    keys: ['escape', 'q'],
    label: 'leave',
    help: 'leave without storing',
    press: (model) => ({ model: closeOverlay(model) }),
  },
];

interface Taken {
  readonly builder: BuilderState;
  readonly refused?: string;
}

/** What was typed is taken: a name, or a hop or a filter in braces for the marked place. Chains are told to be typed hop by hop. */
export const takeTyped = (builder: BuilderState): Taken => {
  const { typing, ...rest } = builder;
  if (typing === undefined) return { builder };
  const text = typing.text.trim();
  if (typing.what === 'wanted') return { builder: { ...rest, wanted: text, pool: 0 } };
  if (text === '') return { builder: rest };
  if (typing.what === 'name') return { builder: { ...rest, name: text } };
  const filter = typing.what === 'filter' ? text.replace(/^\{(.*)\}$/, '$1') : bracedIn(text);
  return filter === undefined ? hopTyped(builder, rest, text) : { builder: filtered(rest, filter) };
};

const bracedIn = (text: string): string | undefined => /^\{(.*)\}$/.exec(text)?.[1];

const hopTyped = (typing: BuilderState, rest: BuilderState, text: string): Taken =>
  /[,|~]/.test(text)
    ? {
        builder: typing,
        refused: 'One hop at a time; these marks in a password are written as %2C, %7C and %7E.',
      }
    : { builder: toggle(rest, text) };
