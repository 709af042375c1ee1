/** Opens spare tunnels ahead of the sessions that will take them: at the rate at which these come, and never for nobody. */

import { type At, type Millis, now, since } from '../model/brand.js';
import { asKaskadeError, fail } from '../model/error.js';
import type { Identity, Route } from '../model/route.js';
import { type Deadline, deadline } from '../net/cancel.js';
import type { Tunnel } from '../net/relay.js';
import { type Dialer, dial } from './dial.js';
import { discard } from './pool.js';

/** Opens tunnels ahead. */
export interface Ahead {
  /** A session begins; what is returned is told when it is open. Where anything is called off meanwhile, nothing is opened then. */
  readonly begin: () => Follow;
  /** Calls off what is being opened, for an identity or for all. */
  readonly end: (identity?: Identity) => void;
}

/**
 * A session has been opened over a route. Where another one was no longer ago than a spare is kept, the next one is as likely: one
 * is opened for it, without a word to anybody of how that goes.
 */
export type Follow = (route: Route, keptFor: Millis, dialer: Dialer) => void;

/** What becomes of the tunnels. */
export interface AheadParts {
  /** The most that a dial may take. */
  readonly within: Millis;
  /** Whether one more would be kept besides so many that are being opened. */
  readonly hasRoom: (route: Route, opening: number) => boolean;
  /** Takes a tunnel over. */
  readonly keep: (route: Route, tunnel: Tunnel, keptFor: Millis) => void;
}

/** A row of hops that sessions of an identity come over. */
interface Row {
  readonly identity: Identity;
  /** When a session came last. */
  came: At;
  /** When it may be tried again. */
  rested: number;
  opening?: Deadline | undefined;
}

/** Who could not be reached ahead is left alone for so long. */
const rest = 60_000;
const mostRows = 1_000;

/** Opens nothing before sessions come. */
export const createAhead = ({ within, hasRoom, keep }: AheadParts): Ahead => {
  const rows = new Map<string, Row>();
  const opening = new Set<Row>();
  /** How often something was called off. */
  let epoch = 0;

  const open = async (row: Row, route: Route, keptFor: Millis, dialer: Dialer): Promise<void> => {
    const limit = deadline(within, () => fail('hop-timeout'));
    row.opening = limit;
    opening.add(row);
    try {
      const tunnel = await dial(route, 'last hop', { ...dialer, onHop: () => undefined }, limit);
      if (limit.signal.aborted) discard(tunnel);
      else keep(route, tunnel, keptFor);
    } catch (thrown) {
      // It was nobody's session: what is wrong with a hop will be told by one.
      if (asKaskadeError(thrown).code !== 'stopped') row.rested = now() + rest;
    } finally {
      limit.done();
      row.opening = undefined;
      opening.delete(row);
    }
  };
  const follow: Follow = (route, keptFor, dialer) => {
    const key = keyOf(route);
    const row = rows.get(key) ?? { identity: route.identity, came: now(), rested: 0 };
    const isOften = rows.delete(key) && since(row.came, now()) <= keptFor && now() >= row.rested;
    row.came = now();
    rows.set(key, row);
    forgetOldest(rows);
    if (isOften && row.opening === undefined && hasRoom(route, opening.size)) void open(row, route, keptFor, dialer);
  };
  return {
    begin: () => {
      const began = epoch;
      return (...session) => {
        if (began === epoch) follow(...session);
      };
    },
    end: (identity) => {
      epoch += 1;
      for (const row of opening)
        if (identity === undefined || row.identity === identity) row.opening?.abort(fail('stopped'));
    },
  };
};

const keyOf = ({ identity, cascade, hops }: Route): string =>
  JSON.stringify([identity, cascade, ...hops.map(({ id }) => id)]);

const forgetOldest = (rows: Map<string, Row>): void => {
  const [oldest] = rows.keys();
  if (rows.size > mostRows && oldest !== undefined) rows.delete(oldest);
};
