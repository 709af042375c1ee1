/** Keeps the sessions that are open, counts those that were, and tells watchers of each change. */

import { now } from '../model/brand.js';
import { type KaskadeError, asKaskadeError } from '../model/error.js';
import type { Route } from '../model/route.js';
import type { HopTiming, Session, SessionState, Traffic } from '../model/session.js';
import type { PendingRequest } from '../inbound/request.js';
import type { Meter } from '../net/idle.js';
import type { Entry } from '../route/journey.js';
import type { Watchers } from './watchers.js';

/** All sessions of an engine. */
export interface Ledger {
  readonly open: (request: PendingRequest) => Entry;
  readonly sessions: () => readonly Session[];
  readonly totals: () => { readonly served: number; readonly failed: number; readonly traffic: Traffic };
  /** Resolves when no session is open. */
  readonly empty: () => Promise<void>;
}

/** An open session: what changes is kept apart from what it is, and put together when somebody looks. */
interface Live {
  readonly request: PendingRequest;
  readonly id: number;
  readonly began: Session['began'];
  route?: Route;
  opened: readonly HopTiming[];
  meter?: Meter;
  end?: { readonly closed: Extract<SessionState, { phase: 'closed' }>['because'] } | { readonly failed: KaskadeError };
}

/** A ledger that tells the watchers of every session that changes its phase. */
export const createLedger = (watchers: Watchers): Ledger => {
  const live = new Map<number, Live>();
  const waiting: (() => void)[] = [];
  const total = { served: 0, failed: 0, up: 0, down: 0 };
  let last = 0;

  const changed = (session: Live): void => {
    if (watchers.any()) watchers.tell({ kind: 'session', session: viewOf(session) });
  };
  const end = (session: Live, how: NonNullable<Live['end']>): void => {
    session.end = how;
    total['failed' in how ? 'failed' : 'served'] += 1;
    total.up += session.meter?.up ?? 0;
    total.down += session.meter?.down ?? 0;
    live.delete(session.id);
    changed(session);
    if (live.size === 0) for (const resolve of waiting.splice(0)) resolve();
  };

  return {
    open: (request) => {
      last += 1;
      const session: Live = { request, id: last, began: now(), opened: [] };
      live.set(session.id, session);
      return createEntry(session, changed, (how) => {
        if (session.end === undefined) end(session, how);
      });
    },
    sessions: () => [...live.values()].map(viewOf),
    totals: () => {
      const open = [...live.values()].map(({ meter }) => meter);
      const sum = (way: 'up' | 'down') => open.reduce((bytes, meter) => bytes + (meter?.[way] ?? 0), total[way]);
      return { served: total.served, failed: total.failed, traffic: { up: sum('up'), down: sum('down') } };
    },
    empty: () =>
      new Promise((resolve) => {
        if (live.size === 0) resolve();
        else waiting.push(resolve);
      }),
  };
};

const createEntry = (
  session: Live,
  changed: (session: Live) => void,
  end: (how: NonNullable<Live['end']>) => void,
): Entry => ({
  dialing: (route) => {
    session.route = route;
    changed(session);
  },
  passed: (timing) => {
    session.opened = [...session.opened, timing];
    changed(session);
  },
  relaying: (meter) => {
    session.meter = meter;
    changed(session);
  },
  closed: (because) => {
    end({ closed: because });
  },
  failed: (error) => {
    end({ failed: asKaskadeError(error) });
  },
});

const viewOf = (session: Live): Session => ({
  id: session.id,
  began: session.began,
  protocol: session.request.protocol,
  identity: session.request.asker.identity,
  ...(session.route === undefined ? {} : { cascade: session.route.cascade }),
  target: session.request.target,
  state: stateOf(session),
});

const stateOf = ({ end, opened, meter, route }: Live): SessionState => {
  const traffic = { up: meter?.up ?? 0, down: meter?.down ?? 0 };
  if (end !== undefined) {
    return 'failed' in end
      ? { phase: 'failed', opened, traffic, failure: end.failed.failure }
      : { phase: 'closed', opened, traffic, because: end.closed };
  }
  if (meter !== undefined) return { phase: 'relaying', opened, traffic };
  return route === undefined ? { phase: 'negotiating' } : { phase: 'dialing', opened };
};
