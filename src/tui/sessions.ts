/** Page 3: the sessions on their cascades, live or frozen, with times hop by hop. */

import type { Session } from '../model/session.js';
import { ageText, bytesText, rateText } from './figures.js';
import { type Line, type Size, type Tone, emptyLine, span } from './line.js';
import type { KeyRow, Look, Model, Page, Step } from './page.js';
import { choose, clean, fit } from './text.js';
import { type SessionsState, type SortKey, bytesOf, isOpen, sortKeys, stateText, targetText } from './session-table.js';
import { type Items, chosenIndex, inSight, itemsOf, move } from './window.js';

const items = ({ sessions }: Model, { table, snapshot }: Look): Items<Session> =>
  itemsOf(table(sessions, snapshot), ({ id }) => id);

/** The session that is chosen on this page. */
const chosenSession = (model: Model, look: Look): Session | undefined => {
  const all = items(model, look);
  return all.at(chosenIndex(all, model.sessions.place));
};

const view = (model: Model, look: Look, size: Size): readonly Line[] => {
  const all = items(model, look);
  const room = size.rows - 2;
  const window = inSight(all, model.sessions.place, room);
  const columns = columnsFor(size.columns);
  return [
    statusLine(model, look, all.length),
    [span(headerText(columns, model.sessions), 'faint')],
    ...window.items.map((session, row) => {
      const line = rowOf(session, model.sessions, look, columns);
      return window.top + row === window.chosen ? choose(line, size.columns) : line;
    }),
    ...(all.length === 0 ? [emptyLine, [span('  No session fits. Point a program at the listener to see one.')]] : []),
  ].slice(0, size.rows);
};

const statusLine = ({ sessions, typing }: Model, { snapshot, now }: Look, count: number): Line => {
  const { frozen, filter } = sessions;
  const all = frozen?.sessions.length ?? snapshot.sessions.length + snapshot.recent.length;
  const word = typing?.what === 'sessions' ? typing.text : filter;
  return [
    frozen === undefined ? span('  live', 'good') : span(`  frozen ${ageText(now - frozen.at)} ago`, 'warn'),
    span(`  ${count} of ${all}`),
    span(sessions.ended ? '' : ', open ones only', 'faint'),
    ...(word === '' && typing === undefined
      ? []
      : [span('  /', 'accent'), span(clean(word)), span(typing === undefined ? '' : '_', 'accent')]),
  ];
};

interface Columns {
  readonly target: number;
  readonly identity: number;
  readonly cascade: number;
  readonly hops: number;
  readonly state: number;
}

const columnsFor = (columns: number): Columns => {
  const [roomy, wide] = [columns >= 110, columns >= 150];
  const state = wide ? 24 : roomy ? 18 : 14;
  const cascade = wide ? 16 : roomy ? 10 : 8;
  const identity = wide ? 16 : columns >= 90 ? 8 : 0;
  const hops = wide ? 30 : roomy ? 18 : 0;
  const spaces = 2 * (6 + Number(identity > 0) + Number(hops > 0));
  const rest = columns - 2 - 6 - 8 - 9 - 7 - state - cascade - identity - hops - spaces;
  return { target: Math.max(10, rest), identity, cascade, hops, state };
};

const cellsOf = (texts: readonly (readonly [string, number, ('left' | 'right')?])[]): string =>
  texts.flatMap(([text, width, align]) => (width === 0 ? [] : [fit(text, width, align)])).join('  ');

const headerText = (columns: Columns, { sort, reverse }: SessionsState): string => {
  const mark = (key: SortKey, text: string): string => (key === sort ? `${text}${reverse ? ' v' : ' ^'}` : text);
  return `  ${cellsOf([
    [mark('id', 'id'), 6, 'right'],
    ['age', 8, 'right'],
    [mark('target', 'target'), columns.target],
    ['identity', columns.identity],
    [mark('cascade', 'cascade'), columns.cascade],
    ['hop by hop', columns.hops],
    [mark('rate', 'rate'), 9, 'right'],
    [mark('bytes', 'bytes'), 7, 'right'],
    [mark('state', 'state'), columns.state],
  ])}`;
};

const rowOf = (session: Session, { rates }: SessionsState, { now }: Look, columns: Columns): Line => {
  const end = isOpen(session) ? now : session.changed;
  const rate = rates.get(session.id);
  const before = cellsOf([
    [String(session.id), 6, 'right'],
    [ageText(end - session.began), 8, 'right'],
    [clean(targetText(session)), columns.target],
    [clean(session.identity), columns.identity],
    [clean(session.cascade ?? ''), columns.cascade],
    [hopsText(session), columns.hops],
    [rate === undefined || !isOpen(session) ? '' : rateText(rate), 9, 'right'],
    [bytesText(bytesOf(session)), 7, 'right'],
  ]);
  return [
    span(`  ${before}  `, isOpen(session) ? 'plain' : 'faint'),
    span(fit(stateText(session), columns.state), stateTone(session)),
  ];
};

/** Milliseconds of each hop: what it took to connect and to ask; none of those that were passed ahead. */
const hopsText = ({ state, ahead = 0 }: Session): string => {
  if (!('opened' in state)) return '';
  const times = state.opened.map(({ connect = 0, exchange }) => (connect + exchange).toFixed(0));
  const unit = times.length > 0 ? ' ms' : '';
  return `${[...(ahead > 0 ? ['ahead'] : []), ...times].join(' + ')}${unit}`;
};

const stateTone = ({ state }: Session): Tone => {
  const tones = {
    negotiating: 'faint',
    dialing: 'accent',
    held: 'warn',
    relaying: 'good',
    closed: 'faint',
    failed: 'bad',
  };
  return tones[state.phase] as Tone;
};

const withState = (model: Model, change: Partial<SessionsState>): Step => ({
  model: { ...model, sessions: { ...model.sessions, ...change } },
});

const live = ({ sessions, ...model }: Model): Model => {
  const { frozen: _thawed, ...rest } = sessions;
  return { ...model, sessions: rest };
};

const nobody = (model: Model, look: Look): string | undefined =>
  chosenSession(model, look) === undefined ? 'There is no session to choose.' : undefined;

const over = (model: Model, look: Look): string | undefined => {
  const session = chosenSession(model, look);
  if (session === undefined) return nobody(model, look);
  return isOpen(session) ? undefined : `Session ${session.id} has ended already.`;
};

const keys: readonly KeyRow[] = [
  {
    keys: ['enter'],
    label: 'why',
    help: 'everything about the chosen session, hop by hop',
    disabled: nobody,
    press: (model, look) => {
      const session = chosenSession(model, look);
      return { model: session === undefined ? model : { ...model, overlay: { kind: 'session', id: session.id } } };
    },
  },
  {
    keys: ['x'],
    label: 'close',
    help: 'end the chosen session',
    twice: true,
    disabled: over,
    press: (model, look) => {
      const session = chosenSession(model, look);
      if (session === undefined) return { model };
      const command = { do: 'close-session', session: session.id } as const;
      return { model, orders: [{ do: 'command', command, said: `Session ${session.id} is ended.` }] };
    },
  },
  {
    keys: ['/'],
    label: 'filter',
    help: 'show what holds all of these words; target:, identity:, cascade:, state: and protocol: look in one place',
    press: (model) => ({ model: { ...model, typing: { what: 'sessions', text: model.sessions.filter } } }),
  },
  {
    keys: ['s'],
    label: 'sort',
    help: 'sort by the next column',
    press: (model) => {
      const at = sortKeys.indexOf(model.sessions.sort);
      return withState(model, { sort: sortKeys[(at + 1) % sortKeys.length] ?? 'id' });
    },
  },
  {
    keys: ['S'],
    help: 'sort the other way round',
    press: (model) => withState(model, { reverse: !model.sessions.reverse }),
  },
  {
    keys: ['f'],
    label: 'freeze',
    help: 'hold the table still; again, or Escape: live',
    press: (model, { snapshot, now }) =>
      model.sessions.frozen === undefined
        ? withState(model, { frozen: { sessions: [...snapshot.sessions, ...snapshot.recent], at: now } })
        : { model: live(model) },
  },
  {
    keys: ['c'],
    label: 'ended',
    help: 'show or hide those that have ended lately',
    press: (model) => withState(model, { ended: !model.sessions.ended }),
  },
  {
    keys: ['i'],
    label: 'renew',
    help: 'let the identity of the chosen session begin anew: no tunnel and no choice of before is used for it again',
    disabled: nobody,
    press: (model, look) => {
      const identity = chosenSession(model, look)?.identity ?? '';
      const who = identity === '' ? 'The identity without a name' : clean(identity);
      return { model, orders: [{ do: 'command', command: { do: 'renew', identity }, said: `${who} begins anew.` }] };
    },
  },
  {
    keys: ['escape'],
    help: 'back to live, without a filter',
    press: (model) => withState(live(model), { filter: '' }),
  },
];

/** Page 3. */
export const sessionsPage: Page = {
  id: 'sessions',
  digit: '3',
  title: 'Sessions',
  view,
  keys,
  move: (model, look, how, rows) => ({
    ...model,
    sessions: { ...model.sessions, place: move(items(model, look), model.sessions.place, how, rows - 2) },
  }),
  click: (model, look, row, rows) => {
    const all = items(model, look);
    const { top } = inSight(all, model.sessions.place, rows - 2);
    if (row < 2) return model;
    return {
      ...model,
      sessions: { ...model.sessions, place: move(all, model.sessions.place, { to: top + row - 2 }, rows - 2) },
    };
  },
};
