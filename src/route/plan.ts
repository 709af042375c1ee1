/** Chooses the hops for one session: one proxy for every position of the cascade, in order, never fewer. */

import { createHash } from 'node:crypto';
import { type Endpoint, hostText } from '../model/address.js';
import type { NonEmpty } from '../model/brand.js';
import type { Cascade, Position, Proxy } from '../model/cascade.js';
import type { Identity, Route } from '../model/route.js';
import type { Evidence } from './evidence.js';

/** What a choice depends on. */
export interface Chooser {
  readonly evidence: Evidence;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
}

/** The session that a route is for. */
export interface Wanted {
  readonly identity: Identity;
  readonly target: Endpoint;
}

/** A route through every position of the cascade. */
export const plan = (cascade: Cascade, wanted: Wanted, chooser: Chooser): Route => {
  const [first, ...rest] = cascade.positions;
  const hops: NonEmpty<Proxy> = [
    choose(first, wanted, chooser),
    ...rest.map((position) => choose(position, wanted, chooser)),
  ];
  return Object.freeze({ cascade: cascade.id, identity: wanted.identity, hops: Object.freeze(hops) });
};

const choose = (position: Position, wanted: Wanted, { evidence, random }: Chooser): Proxy => {
  const { among } = position;
  const working = among.filter((proxy) => !evidence.failedLately(proxy));
  const from: readonly Proxy[] = working.length > 0 ? working : among;
  const [first = among[0]] = from;
  switch (position.pick) {
    case 'first-up':
      return first;
    case 'random':
      return from[Math.floor(random() * from.length)] ?? first;
    case 'fastest':
      return least(from, first, (proxy) => evidence.timeOf(proxy) ?? 0);
    case 'sticky':
      return least(from, first, (proxy) => lot(proxy, wanted));
  }
};

const least = (from: readonly Proxy[], first: Proxy, cost: (proxy: Proxy) => number): Proxy =>
  from.reduce((best, proxy) => (cost(proxy) < cost(best) ? proxy : best), first);

/** Every identity and site draws a lot for every proxy (rendezvous hashing): the choice stays while its proxy works. */
const lot = (proxy: Proxy, { identity, target }: Wanted): number =>
  createHash('sha256')
    .update(JSON.stringify([identity, hostText(target.host), proxy.id]))
    .digest()
    .readUInt32BE(0);
