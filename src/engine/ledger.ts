/** Keeps the sessions that are open and the last ones that have ended, counts them, and tells watchers of each change. */

import { type At, type Millis, now, since } from '../model/brand.js';
import { mostRecent } from '../model/board.js';
import { type KaskadeError, asKaskadeError } from '../model/error.js';
import type { Moved } from '../model/event.js';
import type { Failure } from '../model/failure.js';
import type { Route } from '../model/route.js';
import type { HopTiming, Session, SessionState, Traffic } from '../model/session.js';
import type { Totals } from '../model/snapshot.js';
import type { PendingRequest } from '../inbound/request.js';
import type { Meter } from '../net/idle.js';
import type { Entry } from '../route/journey.js';
import type { Watchers } from './watchers.js';

/** All sessions of an engine. */
export interface Ledger {
  readonly open: (request: PendingRequest) => Entry;
  readonly sessions: () => readonly Session[];
  /** The last ones that have ended, oldest first. */
  readonly recent: () => readonly Session[];
  readonly find: (id: number) => Session | undefined;
  /** Ends an open session now; tells whether there was one. */
  readonly close: (id: number) => boolean;
  readonly totals: () => Totals;
  /** The sessions that moved bytes since the last call. */
  readonly moved: () => readonly Moved[];
  /** Resolves when no session is open. */
  readonly empty: () => Promise<void>;
}

/** A session: what changes is kept apart from what it is, and put together when somebody looks. */
interface Live extends Pick<Session, 'id' | 'began' | 'protocol' | 'identity' | 'target'> {
  changed: At;
  tries: number;
  route?: Route;
  /** How many hops were passed ahead. */
  ahead: number;
  opened: readonly HopTiming[];
  /** Why it waits for a whole route. */
  held?: Failure;
  relayed?: { readonly meter: Meter; readonly from: At };
  told: number;
  end?: { readonly closed: Extract<SessionState, { phase: 'closed' }>['because'] } | { readonly failed: KaskadeError };
  /** Only an open one holds on to its client. */
  drop?: () => void;
}

/** A ledger that tells the watchers of every session that changes its phase. */
export const createLedger = (watchers: Watchers): Ledger => {
  const live = new Map<number, Live>();
  const ended: Live[] = [];
  const waiting: (() => void)[] = [];
  const tally = createTally();
  const find = (id: number): Live | undefined => live.get(id) ?? ended.find((session) => session.id === id);
  let last = 0;

  const changed = (session: Live): void => {
    session.changed = now();
    if (watchers.any()) watchers.tell({ kind: 'session', session: viewOf(session) });
  };
  const end = (session: Live, how: NonNullable<Live['end']>): void => {
    session.end = how;
    tally.add(session);
    live.delete(session.id);
    delete session.drop;
    if (ended.push(session) > mostRecent) ended.shift();
    changed(session);
    if (live.size === 0) for (const resolve of waiting.splice(0)) resolve();
  };

  return {
    open: (request) => {
      last += 1;
      const session = begin(last, request);
      live.set(session.id, session);
      return createEntry(session, changed, (how) => {
        if (session.end === undefined) end(session, how);
      });
    },
    sessions: () => [...live.values()].map(viewOf),
    recent: () => ended.map(viewOf),
    find: (id) => mapped(find(id), viewOf),
    close: (id) => {
      const drop = live.get(id)?.drop;
      drop?.();
      return drop !== undefined;
    },
    totals: () => tally.with(live.values()),
    moved: () => [...live.values()].flatMap(movedOf),
    empty: () =>
      new Promise((resolve) => {
        if (live.size === 0) resolve();
        else waiting.push(resolve);
      }),
  };
};

/** Counts the sessions that have ended. */
const createTally = () => {
  const total = { served: 0, failed: 0 };
  let traffic: Traffic = { up: 0, down: 0 };
  return {
    add: (session: Live): void => {
      total[session.end !== undefined && 'failed' in session.end ? 'failed' : 'served'] += 1;
      traffic = sum(traffic, trafficOf(session));
    },
    with: (open: Iterable<Live>): Totals => ({ ...total, traffic: [...open].map(trafficOf).reduce(sum, traffic) }),
  };
};

const begin = (id: number, { protocol, asker, target, client }: PendingRequest): Live => {
  const began = now();
  return {
    id,
    began,
    protocol,
    identity: asker.identity,
    target,
    changed: began,
    tries: 0,
    ahead: 0,
    opened: [],
    told: 0,
    drop: () => void client.destroy(),
  };
};

const createEntry = (
  session: Live,
  changed: (session: Live) => void,
  end: (how: NonNullable<Live['end']>) => void,
): Entry => ({
  dialing: (route) => {
    session.route = route;
    session.ahead = 0;
    session.opened = [];
    session.tries += 1;
    delete session.held;
    changed(session);
  },
  held: (why) => {
    session.held = why;
    changed(session);
  },
  ahead: (hops) => {
    session.ahead = hops;
    changed(session);
  },
  passed: (timing) => {
    session.opened = [...session.opened, timing];
    changed(session);
  },
  relaying: (meter) => {
    session.relayed = { meter, from: now() };
    changed(session);
  },
  closed: (because) => {
    end({ closed: because });
  },
  failed: (error) => {
    end({ failed: asKaskadeError(error) });
  },
});

const mapped = <Item, Result>(item: Item | undefined, map: (item: Item) => Result): Result | undefined =>
  item === undefined ? undefined : map(item);

const sum = (one: Traffic, other: Traffic): Traffic => ({ up: one.up + other.up, down: one.down + other.down });

const trafficOf = ({ relayed }: Live): Traffic => ({ up: relayed?.meter.up ?? 0, down: relayed?.meter.down ?? 0 });

const movedOf = (session: Live): readonly Moved[] => {
  const { up, down } = trafficOf(session);
  if (up + down === session.told) return [];
  session.told = up + down;
  const first = firstByteOf(session);
  return [first === undefined ? [session.id, up, down] : [session.id, up, down, first]];
};

const firstByteOf = ({ relayed }: Live): Millis | undefined => {
  const at = relayed?.meter.firstDown;
  return relayed === undefined || at === undefined ? undefined : since(relayed.from, at);
};

const viewOf = (session: Live): Session => {
  const { id, began, changed, protocol, identity, target, tries, route, ahead } = session;
  const way = route === undefined ? {} : { cascade: route.cascade, route: route.hops.map((proxy) => proxy.id) };
  return {
    id,
    began,
    changed,
    protocol,
    identity,
    ...way,
    tries,
    ...(ahead > 0 && { ahead }),
    state: stateOf(session),
    ...(target === undefined ? {} : { target }),
  };
};

const stateOf = (session: Live): SessionState => {
  const { end, opened, relayed, route, held } = session;
  const traffic = trafficOf(session);
  const firstByte = firstByteOf(session);
  const first = firstByte === undefined ? {} : { firstByte };
  if (end !== undefined) {
    return 'failed' in end
      ? { phase: 'failed', opened, traffic, failure: end.failed.failure }
      : { phase: 'closed', opened, traffic, ...first, because: end.closed };
  }
  if (relayed !== undefined) return { phase: 'relaying', opened, traffic, ...first };
  if (held !== undefined) return { phase: 'held', opened, why: held };
  return route === undefined ? { phase: 'negotiating' } : { phase: 'dialing', opened };
};
