/** Tunnels that a plain request has left open, kept for the next request of the same identity, route and target. */

import { type Endpoint, labelEndpoint } from '../model/address.js';
import type { Identity, Route } from '../model/route.js';
import type { Tunnel } from '../net/relay.js';

/** Idle tunnels. */
export interface Pool {
  /** A tunnel for exactly this route, identity and target; it is the caller's then. */
  readonly take: (route: Route, target: Endpoint) => Tunnel | undefined;
  /** Keeps a tunnel for a while; it is ended when it is not used, or when anything arrives on it. */
  readonly put: (route: Route, target: Endpoint, tunnel: Tunnel) => void;
  /** Ends the tunnels of one identity. */
  readonly renew: (identity: Identity) => void;
  /** Ends all tunnels, and every one that is put in later. */
  readonly close: () => void;
}

interface Idle {
  readonly route: Route;
  readonly tunnel: Tunnel;
  readonly drop: () => void;
  readonly free: () => void;
}

/** Less than the five seconds after which common servers close an idle connection. */
const keptFor = 4_000;
const mostForOne = 6;
const mostInAll = 256;

/** A pool. Two routes are the same only when their proxies are, down to the credentials. */
export const createPool = (): Pool => {
  const idle = new Map<string, Idle[]>();
  let count = 0;
  let closed = false;

  const remove = (key: string, item: Idle): void => {
    const left = (idle.get(key) ?? []).filter((other) => other !== item);
    if (left.length === 0) idle.delete(key);
    else idle.set(key, left);
    count -= 1;
    item.free();
  };

  return {
    take: (route, target) => {
      const key = keyOf(route, target);
      const item = idle
        .get(key)
        ?.findLast(({ route: other, tunnel }) => !tunnel.stream.destroyed && sameHops(route, other));
      if (item === undefined) return undefined;
      remove(key, item);
      return item.tunnel;
    },
    put: (route, target, tunnel) => {
      const key = keyOf(route, target);
      const others = idle.get(key) ?? [];
      const full = count >= mostInAll || others.length >= mostForOne;
      if (closed || full || tunnel.stream.destroyed || tunnel.stream.readableEnded) {
        discard(tunnel);
        return;
      }
      const drop = (): void => {
        remove(key, item);
        discard(tunnel);
      };
      const item: Idle = { route, tunnel, drop, free: watch(tunnel, drop) };
      idle.set(key, [...others, item]);
      count += 1;
    },
    renew: (identity) => {
      for (const item of [...idle.values()].flat()) if (item.route.identity === identity) item.drop();
    },
    close: () => {
      closed = true;
      for (const item of [...idle.values()].flat()) item.drop();
    },
  };
};

/** Ends a tunnel that nobody needs. */
export const discard = ({ stream, outward }: Tunnel): void => {
  stream.destroy();
  outward.socket.destroy();
};

const keyOf = ({ identity, cascade }: Route, target: Endpoint): string =>
  JSON.stringify([identity, cascade, labelEndpoint(target)]);

const sameHops = (one: Route, other: Route): boolean =>
  one.hops.length === other.hops.length && one.hops.every((proxy, index) => proxy.hop === other.hops[index]?.hop);

/** Calls `drop` when the time is over or the stream moves by itself; returns how to stop watching. */
const watch = ({ stream }: Tunnel, drop: () => void): (() => void) => {
  const timer = setTimeout(drop, keptFor);
  stream.on('data', drop).on('end', drop).on('close', drop);
  stream.resume();
  return () => {
    clearTimeout(timer);
    stream.off('data', drop).off('end', drop).off('close', drop);
    stream.pause();
  };
};
