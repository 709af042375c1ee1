/** Open tunnels that wait for the next session of the same identity, route and goal. */

import { labelEndpoint } from '../model/address.js';
import { type Millis, millis } from '../model/brand.js';
import type { Identity, Route } from '../model/route.js';
import type { Tunnel } from '../net/relay.js';
import type { Goal } from './dial.js';

/** Idle tunnels. */
export interface Pool<Kept extends Tunnel = Tunnel> {
  /** A tunnel for exactly this route, identity and goal, the newest first; it is the caller's then. */
  readonly take: (route: Route, goal: Goal) => Kept | undefined;
  /** Keeps a tunnel for a while; it is ended when it is not used, or when anything arrives on it. */
  readonly put: (route: Route, goal: Goal, tunnel: Kept) => void;
  /** Whether one more would be kept. */
  readonly hasRoom: (route: Route, goal: Goal) => boolean;
  /** How many there are. */
  readonly size: () => number;
  /** Ends the tunnels of one identity. */
  readonly renew: (identity: Identity) => void;
  /** Ends all tunnels. */
  readonly clear: () => void;
  /** Ends all tunnels, and every one that is put in later. */
  readonly close: () => void;
}

/** How many are kept, and for how long. */
export interface Terms<Kept extends Tunnel = Tunnel> {
  readonly forOne: number;
  readonly inAll: number;
  readonly keptFor: (kept: Kept) => Millis;
  /** Hears of one that moved by itself: the other side ended it, or said something. */
  readonly onMoved?: (kept: Kept) => void;
}

interface Idle<Kept extends Tunnel> {
  readonly key: string;
  readonly route: Route;
  readonly tunnel: Kept;
  readonly drop: () => void;
  readonly free: () => void;
}

/** Less than the five seconds after which common servers close an idle connection. */
const usual: Terms = { forOne: 6, inAll: 256, keptFor: () => millis(4_000) };

/**
 * A pool; without terms of its own it keeps what plain requests have left open. Two routes are the same only when their proxies are,
 * down to the credentials.
 */
export const createPool = <Kept extends Tunnel>(terms: Terms<Kept> = usual): Pool<Kept> => {
  const idle = new Set<Idle<Kept>>();
  let closed = false;

  const remove = (item: Idle<Kept>): void => {
    idle.delete(item);
    item.free();
  };
  const hasRoom = (wanted: string): boolean =>
    !closed && idle.size < terms.inAll && [...idle].filter(({ key }) => key === wanted).length < terms.forOne;
  const end = (isMeant: (route: Route) => boolean): void => {
    for (const item of [...idle]) if (isMeant(item.route)) item.drop();
  };

  return {
    take: (route, goal) => {
      const wanted = keyOf(route, goal);
      const item = [...idle].findLast(
        ({ key, route: other, tunnel }) => key === wanted && !tunnel.stream.destroyed && sameHops(route, other),
      );
      if (item !== undefined) remove(item);
      return item?.tunnel;
    },
    put: (route, goal, tunnel) => {
      const key = keyOf(route, goal);
      if (!hasRoom(key) || tunnel.stream.destroyed || tunnel.stream.readableEnded) {
        discard(tunnel);
        return;
      }
      const drop = (): void => {
        remove(item);
        discard(tunnel);
      };
      const item = { key, route, tunnel, drop, free: watch(tunnel, terms, drop) };
      idle.add(item);
    },
    hasRoom: (route, goal) => hasRoom(keyOf(route, goal)),
    size: () => idle.size,
    renew: (identity) => {
      end((route) => route.identity === identity);
    },
    clear: () => {
      end(any);
    },
    close: () => {
      closed = true;
      end(any);
    },
  };
};

const any = (): boolean => true;

/** Ends a tunnel that nobody needs. */
export const discard = ({ stream, outward }: Tunnel): void => {
  stream.destroy();
  outward.socket.destroy();
};

const keyOf = ({ identity, cascade }: Route, goal: Goal): string =>
  JSON.stringify([identity, cascade, goal === 'last hop' ? null : labelEndpoint(goal)]);

const sameHops = (one: Route, other: Route): boolean =>
  one.hops.length === other.hops.length && one.hops.every((proxy, index) => proxy.hop === other.hops[index]?.hop);

/** Drops a tunnel when its time is over, or when it moves by itself; returns how to stop watching. */
const watch = <Kept extends Tunnel>(kept: Kept, { keptFor, onMoved }: Terms<Kept>, drop: () => void): (() => void) => {
  const { stream, outward } = kept;
  const moved = (): void => {
    drop();
    onMoved?.(kept);
  };
  const timer = setTimeout(drop, keptFor(kept));
  // TLS over TLS keeps its own `close` to itself when the connection under both is the first to go.
  const ends = new Set([stream, outward.socket]);
  stream.on('data', moved).on('end', moved);
  for (const each of ends) each.on('close', moved);
  stream.resume();
  return () => {
    clearTimeout(timer);
    stream.off('data', moved).off('end', moved);
    for (const each of ends) each.off('close', moved);
    stream.pause();
  };
};
