/** The table of sessions: which of them are shown, in which order, and how fast each moves. */

import { labelEndpoint } from '../model/address.js';
import type { Session, Traffic } from '../model/session.js';
import type { Snapshot } from '../model/snapshot.js';
import { type Place, startPlace } from './window.js';

/** What sessions may be sorted by. */
export type SortKey = 'id' | 'target' | 'cascade' | 'state' | 'rate' | 'bytes';

/** In the order in which one key goes through them. */
export const sortKeys: readonly SortKey[] = ['id', 'target', 'cascade', 'state', 'rate', 'bytes'];

/** Where somebody is in the table of sessions. */
export interface SessionsState {
  readonly place: Place;
  readonly sort: SortKey;
  readonly reverse: boolean;
  readonly filter: string;
  /** Lately ended ones are shown too. */
  readonly ended: boolean;
  /** The sessions as they were when the table was frozen, and when that was; missing while it is live. */
  readonly frozen?: { readonly sessions: readonly Session[]; readonly at: number };
  /** Bytes a second of each session that moved any, from the last two looks at the engine. */
  readonly rates: ReadonlyMap<number, number>;
  readonly before: ReadonlyMap<number, number>;
  readonly lookedAt: number;
}

/** Live, newest first, without those that have ended. */
export const startSessions: SessionsState = {
  place: startPlace,
  sort: 'id',
  reverse: true,
  filter: '',
  ended: true,
  rates: new Map(),
  before: new Map(),
  lookedAt: 0,
};

const trafficOf = ({ state }: Session): Traffic => ('traffic' in state ? state.traffic : { up: 0, down: 0 });
/** All bytes of a session, both ways. */
export const bytesOf = (session: Session): number => trafficOf(session).up + trafficOf(session).down;

/** Works the rates out anew, at most once a second. */
export const takeRates = (state: SessionsState, snapshot: Snapshot): SessionsState => {
  const span = snapshot.at - state.lookedAt;
  if (span < 900) return state;
  const bytes = new Map(snapshot.sessions.map((session) => [session.id, bytesOf(session)]));
  const rates = new Map<number, number>();
  for (const [id, now] of bytes) {
    const moved = now - (state.before.get(id) ?? 0);
    if (moved > 0 && state.lookedAt > 0) rates.set(id, (moved / span) * 1_000);
  }
  return { ...state, rates, before: bytes, lookedAt: snapshot.at };
};

/** The sessions that are shown, in their order. */
export type Table = (state: SessionsState, snapshot: Snapshot) => readonly Session[];

/** A table that is made once for a snapshot and a state, however often it is looked at. */
export const createTable = (): Table => {
  let made: { readonly of: unknown; readonly state: SessionsState; readonly rows: readonly Session[] } | undefined;
  return (state, snapshot) => {
    const of = state.frozen ?? snapshot;
    if (made?.of === of && isSame(made.state, state)) return made.rows;
    const all = state.frozen?.sessions ?? [...snapshot.sessions, ...snapshot.recent];
    const wanted = state.ended ? all : all.filter(isOpen);
    const rows = sorted(wanted.filter(filterFor(state.filter)), state);
    made = { of, state, rows };
    return rows;
  };
};

const isSame = (one: SessionsState, other: SessionsState): boolean =>
  one.sort === other.sort &&
  one.reverse === other.reverse &&
  one.filter === other.filter &&
  one.ended === other.ended &&
  one.rates === other.rates;

/** Whether a session is still open. */
export const isOpen = ({ state }: Session): boolean => state.phase !== 'closed' && state.phase !== 'failed';

/** Every word must be found; `field:word` looks in one field only. */
const filterFor = (filter: string): ((session: Session) => boolean) => {
  const words = filter
    .toLowerCase()
    .split(' ')
    .filter((word) => word !== '');
  if (words.length === 0) return () => true;
  return (session) => {
    const fields = fieldsOf(session);
    return words.every((word) => {
      const [, field = '', rest = ''] = /^(target|identity|cascade|state|protocol):(.*)$/.exec(word) ?? [];
      if (field !== '') return fields[field as keyof typeof fields].includes(rest);
      return Object.values(fields).some((text) => text.includes(word));
    });
  };
};

const fieldsOf = (session: Session) => ({
  target: targetText(session).toLowerCase(),
  identity: session.identity.toLowerCase(),
  cascade: (session.cascade ?? '').toLowerCase(),
  state: stateText(session).toLowerCase(),
  protocol: session.protocol,
});

/** Where a session goes, or nothing while that is not known. */
export const targetText = ({ target }: Session): string => (target === undefined ? '' : labelEndpoint(target));

/** The state in a word or two. */
export const stateText = ({ state }: Session): string => {
  if (state.phase === 'failed') return state.failure.code;
  return state.phase === 'closed' ? `ended: ${state.because}` : state.phase;
};

const sorted = (sessions: readonly Session[], { sort, reverse, rates }: SessionsState): readonly Session[] => {
  const turn = reverse ? -1 : 1;
  const number = (value: (session: Session) => number) => (one: Session, other: Session) => value(one) - value(other);
  const text = (value: (session: Session) => string) => (one: Session, other: Session) =>
    value(one) < value(other) ? -1 : Number(value(one) > value(other));
  const compare = {
    id: number(({ id }) => id),
    target: text(targetText),
    cascade: text(({ cascade }) => cascade ?? ''),
    state: text(stateText),
    rate: number(({ id }) => rates.get(id) ?? 0),
    bytes: number(bytesOf),
  }[sort];
  return [...sessions].sort((one, other) => turn * (compare(one, other) || one.id - other.id));
};
