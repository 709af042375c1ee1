/** Chooses the hops for one session: one proxy for every position of the cascade, in order, never fewer, and no way that is down. */

import type { Endpoint } from '../model/address.js';
import { type At, type NonEmpty, isNonEmpty } from '../model/brand.js';
import type { Cascade, Proxy } from '../model/cascade.js';
import { type KaskadeError, fail } from '../model/error.js';
import type { Evidence } from '../model/evidence.js';
import { labelHop } from '../model/hop.js';
import type { Identity, Route } from '../model/route.js';
import { createChoice } from './choice.js';

/** What choices depend on. */
export interface PlannerParts {
  readonly evidence: Evidence;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
  readonly clock: () => At;
}

/** The session that a route is for. */
export interface Wanted {
  readonly identity: Identity;
  readonly target: Endpoint;
}

/** Ways between two places that a session does not take again, by `wayOf`. */
export type Barred = ReadonlySet<string>;

/** Plans routes, and remembers the choices that are to last. */
export interface Planner {
  /** A whole route through every position of the cascade. Throws `cascade-down`, with the obstacle, where there is none. */
  readonly plan: (cascade: Cascade, wanted: Wanted, barred?: Barred) => Route;
  /** Forgets what an identity has drawn, so that it draws anew. */
  readonly renew: (identity: Identity) => void;
}

/** Names the way from one proxy (this machine where it is missing) to the next. */
export const wayOf = (to: Proxy, from?: Proxy): string => `${from?.id ?? ''} > ${to.id}`;

/** A planner that has chosen nothing yet. */
export const createPlanner = (parts: PlannerParts): Planner => {
  const choice = createChoice(parts);
  return {
    plan: (cascade, wanted, barred = none) => {
      const isOpen = (to: Proxy, from?: Proxy): boolean =>
        parts.evidence.usable(to, from) && !barred.has(wayOf(to, from));
      const candidates = cascade.positions.map((position, index) => choice.order({ cascade, position, index }, wanted));
      const { hops, stuckAt } = walk(candidates, isOpen);
      if (hops === undefined) throw obstacle(cascade, stuckAt, parts.evidence);
      choice.keep(cascade, wanted, hops);
      return Object.freeze({ cascade: cascade.id, identity: wanted.identity, hops: Object.freeze(hops) });
    },
    renew: choice.forget,
  };
};

const none: Barred = new Set();

/** A whole row, or the position that no row gets past. */
interface Walked {
  readonly hops?: NonEmpty<Proxy>;
  readonly stuckAt: number;
}

/** Takes the first candidate of each position that leads on to the end. What leads nowhere is tried once, so that it is never more than every pair of neighbours. */
const walk = (
  candidates: readonly (readonly Proxy[])[],
  isOpen: (to: Proxy, from: Proxy | undefined) => boolean,
): Walked => {
  const dead = new Set<Proxy>();
  let stuckAt = 0;
  const from = (index: number, before: Proxy | undefined): readonly Proxy[] | undefined => {
    const among = candidates[index];
    if (among === undefined) return [];
    stuckAt = Math.max(stuckAt, index);
    for (const proxy of among) {
      if (dead.has(proxy) || !isOpen(proxy, before)) continue;
      const rest = from(index + 1, proxy);
      if (rest !== undefined) return [proxy, ...rest];
      dead.add(proxy);
    }
    return undefined;
  };
  const hops = from(0, undefined);
  return hops !== undefined && isNonEmpty(hops) ? { hops, stuckAt } : { stuckAt };
};

/** Says which position stands in the way, and what is known of the first proxy there. */
const obstacle = ({ positions }: Cascade, at: number, evidence: Evidence): KaskadeError => {
  const proxy = (positions[at] ?? positions[0]).among[0];
  const before = positions[at - 1]?.among ?? [undefined];
  const [mishap] = before.flatMap((from) => evidence.mishapOf(proxy, from) ?? []);
  return fail('cascade-down', {
    blame: { reporter: at, suspect: at + 1, phase: mishap?.blame?.phase ?? 'tcp' },
    hops: positions.length,
    suspect: labelHop(proxy.hop),
    ...(mishap === undefined ? {} : { note: mishap.code }),
  });
};
