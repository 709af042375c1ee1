/** What a face knows: a snapshot, kept up to date by events. The engine's own board is kept by the same code. */

import type { KaskadeEvent, Moved, Notice } from './event.js';
import type { Session } from './session.js';
import type { Rates, Snapshot } from './snapshot.js';
import type { EdgeHealth, HopHealth } from './standing.js';

/** So many ended sessions and topics of notices are kept, and so many seconds of rates. */
export const mostRecent = 200;
export const mostNotices = 256;
const seconds = 60;

/** A snapshot that takes events. */
export interface Board {
  readonly take: (event: KaskadeEvent) => void;
  /** The state now, as one value; nothing in it changes later. */
  readonly snapshot: () => Snapshot;
  /** An open or lately ended session. */
  readonly session: (id: number) => Session | undefined;
}

/** A board that begins with `first`. */
export const createBoard = (first: Snapshot): Board => {
  let state = parse(first);
  return {
    take: (event) => {
      if (event.kind === 'snapshot') state = parse(event.snapshot);
      else take(state, event);
    },
    snapshot: () => ({
      ...state.rest,
      sessions: [...state.sessions.values()],
      recent: [...state.recent.values()],
      hops: [...state.hops.values()],
      edges: [...state.edges.values()],
      notices: [...state.notices.values()],
    }),
    session: (id) => state.sessions.get(id) ?? state.recent.get(id),
  };
};

type Listed = 'sessions' | 'recent' | 'hops' | 'edges' | 'notices';

/** The same with what changes often found by its key. Maps keep the order in which things came. */
interface State {
  rest: Omit<Snapshot, Listed>;
  readonly sessions: Map<number, Session>;
  readonly recent: Map<number, Session>;
  readonly hops: Map<string, HopHealth>;
  readonly edges: Map<string, EdgeHealth>;
  readonly notices: Map<string, Notice>;
}

const parse = ({ sessions, recent, hops, edges, notices, ...rest }: Snapshot): State => ({
  rest,
  sessions: new Map(sessions.map((session) => [session.id, session])),
  recent: new Map(recent.map((session) => [session.id, session])),
  hops: new Map(hops.map((hop) => [hop.proxy, hop])),
  edges: new Map(edges.map((edge) => [keyOf(edge), edge])),
  notices: new Map(notices.map((notice) => [notice.topic, notice])),
});

const keyOf = ({ from, to }: EdgeHealth): string => `${from ?? ''} > ${to}`;

const take = (state: State, event: Exclude<KaskadeEvent, { kind: 'snapshot' }>): void => {
  switch (event.kind) {
    case 'session':
      takeSession(state, event.session);
      return;
    case 'notice':
      state.notices.delete(event.notice.topic);
      state.notices.set(event.notice.topic, event.notice);
      keepNewest(state.notices, mostNotices);
      return;
    case 'cascades':
      state.rest = withCascades(state.rest, event);
      return;
    case 'health':
      for (const hop of event.hops) state.hops.set(hop.proxy, hop);
      for (const edge of event.edges) state.edges.set(keyOf(edge), edge);
      state.rest = { ...state.rest, network: event.network };
      return;
    case 'tick':
      takeTick(state, event);
      return;
    case 'stopping':
    case 'stopped':
  }
};

type Rest = State['rest'];
type Told<Kind> = Extract<KaskadeEvent, { kind: Kind }>;

const withCascades = ({ cascade: _before, ...rest }: Rest, { cascades, cascade }: Told<'cascades'>): Rest =>
  cascade === undefined ? { ...rest, cascades } : { ...rest, cascades, cascade };

const takeTick = (state: State, { at, totals, up, down, moved }: Told<'tick'>): void => {
  state.rest = { ...state.rest, at, totals, rates: nextRates(state.rest.rates, up, down) };
  for (const each of moved) move(state, each);
};

const takeSession = ({ sessions, recent }: State, session: Session): void => {
  const { phase } = session.state;
  if (phase !== 'closed' && phase !== 'failed') {
    sessions.set(session.id, session);
    return;
  }
  sessions.delete(session.id);
  recent.set(session.id, session);
  keepNewest(recent, mostRecent);
};

const move = ({ sessions }: State, [id, up, down, firstByte]: Moved): void => {
  const session = sessions.get(id);
  if (session?.state.phase !== 'relaying') return;
  const first = firstByte === undefined ? {} : { firstByte };
  sessions.set(id, { ...session, state: { ...session.state, traffic: { up, down }, ...first } });
};

const keepNewest = (map: Map<unknown, unknown>, most: number): void => {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
};

/** The rates of a minute, with one more second. */
export const nextRates = ({ up, down }: Rates, newUp: number, newDown: number): Rates => ({
  up: [...up, newUp].slice(-seconds),
  down: [...down, newDown].slice(-seconds),
});
