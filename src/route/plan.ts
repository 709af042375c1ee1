/** Chooses the hops for one session: one proxy for every position of the cascade, in order, never fewer, and no way that is down. */

import { type Endpoint, labelEndpoint } from '../model/address.js';
import { type At, type Millis, type NonEmpty, isNonEmpty, since } from '../model/brand.js';
import { type Cascade, type Proxy, drawsFromBook } from '../model/cascade.js';
import { barOf } from '../model/catalog.js';
import { type KaskadeError, fail } from '../model/error.js';
import type { Evidence } from '../model/evidence.js';
import { labelHop } from '../model/hop.js';
import type { Identity, Route } from '../model/route.js';
import { createChoice } from './choice.js';
import { type Book, type Drawing, type Wish, createDrawing } from './drawing.js';
import { refuse } from './refusal.js';
import { wayOf } from './ways.js';

/** What choices depend on. */
export interface PlannerParts {
  readonly evidence: Evidence;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
  readonly clock: () => At;
  /** Without one, cascades with filters are refused. */
  readonly book?: Book;
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
  /**
   * A whole route through every position of the cascade. Throws `cascade-down`, with the obstacle, where there is none;
   * `no-route-fits` where the book has none that keeps the rules, and `book-missing` where there is no book to draw from.
   */
  readonly plan: (cascade: Cascade, wanted: Wanted, barred?: Barred) => Route;
  /** Resolves when a plan for the cascade holds nobody up: a large book is read in pieces. Never rejects. */
  readonly ready: (cascade: Cascade) => Promise<void>;
  /** Forgets what an identity has drawn, so that it draws anew; the entries that it keeps stay, they protect it. */
  readonly renew: (identity: Identity) => void;
}

/** A planner that has chosen nothing yet. */
export const createPlanner = (parts: PlannerParts): Planner => {
  const choice = createChoice(parts);
  const { book } = parts;
  const plainly = book && createDrawing({ ...parts, book, choice });
  const drawing = plainly && remembering(plainly, parts);
  const walkNamed = (wish: Wish): NonEmpty<Proxy> => {
    const { cascade, wanted, barred } = wish;
    const isOpen = (to: Proxy, from?: Proxy): boolean =>
      parts.evidence.usable(to, from) && !barred.has(wayOf(to, from));
    const candidates = cascade.positions.map((position, index) =>
      withoutBarred(choice.order({ cascade, position, index }, wanted), index, book),
    );
    const { hops, stuckAt } = walk(candidates, isOpen);
    if (hops === undefined) throw obstacle(cascade, stuckAt, parts.evidence);
    return hops;
  };
  return {
    plan: (cascade, wanted, barred = none) => {
      const wish = { cascade, wanted, barred };
      if (drawsFromBook(cascade) && drawing === undefined) throw fail('book-missing');
      const drawn = drawing !== undefined && drawsFromBook(cascade) ? drawing(wish) : undefined;
      const hops = drawn ?? walkNamed(wish);
      choice.keep(cascade, wanted, hops);
      return Object.freeze({
        cascade: cascade.id,
        identity: wanted.identity,
        hops: Object.freeze(hops),
        ...(drawn === undefined ? {} : { drawn: true as const }),
      });
    },
    ready: async (cascade) => {
      if (plainly !== undefined && drawsFromBook(cascade)) await plainly.ready(cascade);
    },
    renew: choice.forget,
  };
};

const none: Barred = new Set();

/** That there is no route is costly to find out; sessions that wait ask again and again. */
const refusedFor = 1_000 as Millis;
const mostRefusals = 64;

/** Draws, and says for a while without another look that there is nothing to be drawn. */
const remembering = (drawing: Drawing, { clock, book }: PlannerParts): ((wish: Wish) => NonEmpty<Proxy>) => {
  const refusals = new Map<string, { readonly at: At; readonly error: KaskadeError }>();
  return (wish) => {
    const { cascade, wanted, barred } = wish;
    const key = JSON.stringify([book?.catalog.version(), cascade.id, labelEndpoint(wanted.target), ...barred]);
    const known = refusals.get(key);
    if (known !== undefined && since(known.at, clock()) < refusedFor) throw known.error;
    const hops = drawing.draw(wish);
    if (hops !== undefined && isNonEmpty(hops)) return hops;
    const error = refuse(drawing.explain(wish));
    if (refusals.size >= mostRefusals) refusals.clear();
    refusals.set(key, { at: clock(), error });
    throw error;
  };
};

/** Without those that the book lets into no route. Throws `no-route-fits` where the user named nobody else. */
const withoutBarred = (among: readonly Proxy[], index: number, book: Book | undefined): readonly Proxy[] => {
  if (book === undefined) return among;
  const bars = among.map(({ id }) => {
    const entry = book.catalog.entry(id);
    return entry === undefined ? undefined : barOf(entry);
  });
  const left = among.filter((_, nth) => bars[nth] === undefined);
  const [bar] = bars;
  if (left.length > 0 || bar === undefined) return left;
  throw fail('no-route-fits', { note: `0 routes; hop ${index + 1} is ${barWords[bar]}` });
};

const barWords = {
  quarantine: 'in quarantine',
  archived: 'archived',
  blocked: 'on a block list',
  hostile: 'hostile',
} as const;

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
  const [proxy] = (positions[at] ?? positions[0]).among;
  if (proxy === undefined) return fail('cascade-down');
  const before: readonly (Proxy | undefined)[] = positions[at - 1]?.among ?? [undefined];
  const [mishap] = before.flatMap((from) => evidence.mishapOf(proxy, from) ?? []);
  return fail('cascade-down', {
    blame: { reporter: at, suspect: at + 1, phase: mishap?.blame?.phase ?? 'tcp' },
    hops: positions.length,
    suspect: labelHop(proxy.hop),
    ...(mishap === undefined ? {} : { note: mishap.code }),
  });
};
