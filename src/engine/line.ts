/** What every session of an engine shares: the rules, the door, the tunnels that wait and the evidence. */

import { hostText, parseEndpoint } from '../model/address.js';
import { type Millis, now } from '../model/brand.js';
import type { Cascade } from '../model/cascade.js';
import type { Evidence } from '../model/evidence.js';
import type { Identity, Route } from '../model/route.js';
import { createBuffers } from '../net/buffers.js';
import type { Cancel } from '../net/cancel.js';
import type { Door, Ends } from '../net/connect.js';
import type { Listener } from '../net/listen.js';
import type { Line } from '../route/journey.js';
import { type Wanted, createPlanner } from '../route/plan.js';
import { createPool } from '../route/pool.js';
import { createSpares } from '../route/spares.js';
import { createEarly } from './early.js';
import type { EngineParts } from './engine.js';
import type { Ledger } from './ledger.js';
import { createLives } from './lives.js';
import type { Notices } from './watchers.js';

/** One side has finished and the other says nothing: so long it may take to think. */
const halfClosedIdle = 120_000 as Millis;

/** What most sessions want. */
const anySession: Wanted = { identity: '' as Identity, target: parseEndpoint('any.invalid:443') };

/** A line, and what faces may ask of it. */
export interface EngineLine extends Line {
  /** Lets an identity begin anew: no choice and no open tunnel of before is used for it again. */
  readonly renew: (identity: Identity) => void;
  /** A route as a session without a name gets it now; undefined where it would be refused. */
  readonly draw: (cascade: Cascade) => Route | undefined;
}

/** The line of an engine. */
export const createLine = (
  { rules, limits, cascadeFor, book }: Pick<EngineParts, 'rules' | 'limits' | 'cascadeFor' | 'book'>,
  around: {
    readonly ledger: Ledger;
    readonly notices: Notices;
    readonly stopping: Cancel;
    readonly door: Door;
    readonly evidence: Evidence;
  },
): EngineLine => {
  const { door, evidence } = around;
  const planner = createPlanner({
    ...{ evidence, random: Math.random, clock: now },
    ...(book === undefined ? {} : { book }),
  });
  const pool = createPool();
  const spares = createSpares({ lives: createLives(book?.catalog), within: limits.dial });
  const halfClosed = Math.min(halfClosedIdle, limits.idleTunnels) as Millis;
  return {
    rules,
    cascadeFor,
    planner,
    evidence,
    early: createEarly(book?.catalog),
    door,
    dialWithin: limits.dial,
    hold: limits.hold,
    patience: { tunnel: { idle: limits.idleTunnels, halfClosed }, exchange: limits.idle },
    pool,
    spares,
    draw: (cascade) => {
      try {
        return planner.plan(cascade, anySession);
      } catch {
        // What a session would be told is nobody's concern here.
        return undefined;
      }
    },
    renew: (identity) => {
      planner.renew(identity);
      pool.renew(identity);
      spares.renew(identity);
    },
    open: around.ledger.open,
    notice: around.notices.warn,
    stop: around.stopping,
  };
};

/** The door of an engine, which knows the engine's own listeners. */
export const createDoor = (listeners: readonly Listener[], isBarred?: Door['isBarred']): Door => ({
  buffers: createBuffers(),
  ...(isBarred === undefined ? {} : { isBarred }),
  isOwnListener: (port, ends) => isOwn(listeners, port, ends),
});

/** A connection to the port of a listener is one to ourselves at its address or, where it listens on all, at any of this machine. */
const isOwn = (listeners: readonly Listener[], port: number, ends: () => Ends): boolean => {
  const hosts = listeners
    .filter(({ endpoint }) => endpoint.port === port)
    .map(({ endpoint }) => hostText(endpoint.host));
  if (hosts.length === 0) return false;
  const [near, far] = [unmapped(ends().near), unmapped(ends().far)];
  const staysHere = near === far || far.startsWith('127.');
  return hosts.some((host) => host === far || (staysHere && (host === '0.0.0.0' || host === '::')));
};

const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
