/** Finds a way for a session: another route of the same cascade when a dial fails, and patience while there is none; never direct, never shorter. */

import { type At, type Millis, since } from '../model/brand.js';
import type { Cascade } from '../model/cascade.js';
import { KaskadeError, asKaskadeError, fail } from '../model/error.js';
import type { Evidence } from '../model/evidence.js';
import type { Failure, FailureCode } from '../model/failure.js';
import type { Route } from '../model/route.js';
import { type Cancel, reasonOf, whenAborted } from '../net/cancel.js';
import type { Planner, Wanted } from './plan.js';
import { wayOf } from './ways.js';

/** A session in search of a way. */
export interface Search<Found> {
  readonly wanted: Wanted;
  /** Asked before every plan: a cascade put to use meanwhile carries waiting sessions over. */
  readonly cascade: () => Cascade;
  readonly planner: Planner;
  readonly evidence: Evidence;
  /** Tries one route. What it rejects with says who is to blame; no byte of the client may have left then. */
  readonly attempt: (route: Route) => Promise<Found>;
  /** A route that was planned already, to be tried first. */
  readonly first?: Route;
  /** How long to wait for a whole route; 0 refuses at once. */
  readonly hold: Millis;
  readonly onHeld: (why: Failure) => void;
  readonly clock: () => At;
}

/** A failed dial is followed by so many others over other routes, before the session waits or is refused. */
const mostRetries = 2;
/** A waiting session looks so often, and dials no more often. */
const lookEvery = 1_000;
/** Waiting so long for word that a way is open again, a session tries it all the same. */
const trustAfter = 5_000;

/**
 * Tries routes until one opens. Rejects with what is no hop's fault at once, with the last failure of a dial when nothing is
 * left and the wait is over, with `cascade-down` when nothing could even be dialled, or with the signal's reason.
 */
export const search = async <Found>(session: Search<Found>, cancel: Cancel): Promise<Found> => {
  const { clock, hold } = session;
  const until = clock() + hold;
  let state: Standing = { barred: new Map(), first: session.first, last: undefined };
  for (;;) {
    const tried = await tryRoutes(session, state);
    if ('found' in tried) return tried.found;
    const { error, route } = tried;
    if (!mayHeal(error, route) || clock() >= until) throw error;
    session.onHeld(error.failure);
    const wait: Wait = { barred: state.barred, since: clock(), until };
    await untilOpen(session, wait, cancel);
    if (clock() >= until) throw error;
    state = { barred: stillIll(session, wait), first: undefined, last: error };
  }
};

/** A way that failed for this session. */
interface Way {
  readonly to: Route['hops'][0];
  readonly from?: Route['hops'][0];
}

interface Standing {
  readonly barred: Map<string, Way>;
  readonly first: Route | undefined;
  readonly last: KaskadeError | undefined;
}

type Tried<Found> = { readonly found: Found } | { readonly error: KaskadeError; readonly route?: Route };

/** Dials one route after the other, each without the ways that failed before. Rejects with what no other route mends. */
const tryRoutes = async <Found>(session: Search<Found>, { barred, first, last }: Standing): Promise<Tried<Found>> => {
  let error = last;
  let failed: { readonly route?: Route } = {};
  for (let dials = 0; dials <= mostRetries; dials += 1) {
    const route = (dials === 0 ? first : undefined) ?? (await plannedInTime(session, barred));
    if (route instanceof KaskadeError) return { error: error ?? route, ...failed };
    try {
      return { found: await session.attempt(route) };
    } catch (thrown) {
      error = asKaskadeError(thrown);
      failed = { route };
    }
    bar(route, error, barred);
  }
  return { error: error ?? fail('cascade-down'), ...failed };
};

/** Closes the way that a failure is about to this session. Throws the failure where no other way mends it. */
const bar = (route: Route, error: KaskadeError, barred: Map<string, Way>): void => {
  const way = wayIn(route, error.failure);
  if (way === undefined) throw error;
  barred.set(wayOf(way.to, way.from), way);
};

/** A large book is read in pieces first, so that nobody else is held up. */
const plannedInTime = async <Found>(
  session: Search<Found>,
  barred: ReadonlyMap<string, Way>,
): Promise<Route | KaskadeError> => {
  try {
    await session.planner.ready(session.cascade());
  } catch (thrown) {
    return asKaskadeError(thrown);
  }
  return planned(session, barred);
};

const planned = <Found>(
  { planner, cascade, wanted }: Search<Found>,
  barred: ReadonlyMap<string, Way>,
): Route | KaskadeError => {
  const chosen = cascade();
  try {
    return planner.plan(chosen, wanted, new Set(barred.keys()));
  } catch (thrown) {
    return asKaskadeError(thrown);
  }
};

/** The way that a failure is about; undefined where it is about the target, the client, or this machine. */
const wayIn = ({ hops }: Route, { code, blame }: Failure): Way | undefined => {
  if (blame === undefined || typeof blame.suspect !== 'number') return undefined;
  if (!code.startsWith('hop-') && !code.startsWith('onward-')) return undefined;
  const [to, from] = [hops[blame.suspect - 1], hops[blame.reporter - 1]];
  return to && { to, ...(from === undefined ? {} : { from }) };
};

/** What waiting does not mend: the same hop will say the same again. */
const lasting: ReadonlySet<FailureCode> = new Set([
  'hop-auth-refused',
  'hop-auth-missing',
  'hop-untrusted',
  'hop-pin-mismatch',
  'hop-oversized',
]);

/** A last hop that says nothing, or just closes, when it is asked for the target, may do so because of the target. */
const mayHeal = ({ failure: { code, blame } }: KaskadeError, route: Route | undefined): boolean =>
  !lasting.has(code) &&
  !(blame?.phase === 'request' && blame.suspect === route?.hops.length && code.startsWith('hop-'));

/** What a session waits for. */
interface Wait {
  readonly barred: ReadonlyMap<string, Way>;
  /** When it began to wait after its last dial, and when it gives up, by the clock. */
  readonly since: At;
  readonly until: number;
}

/** Waits until there may be a whole route again, or time is over. Rejects with the signal's reason, or when there is no cascade any more. */
const untilOpen = <Found>(session: Search<Found>, wait: Wait, cancel: Cancel): Promise<void> =>
  new Promise((resolve, reject) => {
    if (cancel.signal.aborted) {
      reject(reasonOf(cancel));
      return;
    }
    const { evidence, clock } = session;
    const settle = (end: () => void): void => {
      clearInterval(timer);
      forget();
      deafen();
      end();
    };
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (thrown) {
        settle(() => {
          reject(asKaskadeError(thrown));
        });
      }
    };
    const look = (): void => {
      const over = clock() >= wait.until;
      if (over || (since(wait.since, clock()) >= lookEvery && isOpen(session, wait))) settle(resolve);
    };
    const timer = setInterval(
      () => {
        attempt(() => {
          evidence.urge(session.cascade());
          look();
        });
      },
      Math.min(lookEvery, Math.max(1, wait.until - clock())),
    );
    const deafen = evidence.onChange(() => {
      attempt(look);
    });
    const forget = whenAborted(cancel, () => {
      settle(() => {
        reject(reasonOf(cancel));
      });
    });
    attempt(() => {
      evidence.urge(session.cascade());
    });
  });

/** Whether a plan would find a route without the ways that are still ill. */
const isOpen = <Found>(session: Search<Found>, wait: Wait): boolean =>
  !(planned(session, stillIll(session, wait)) instanceof KaskadeError);

/** The ways that failed and have not been good since; after a while without word they are tried all the same. */
const stillIll = <Found>({ evidence, clock }: Search<Found>, { barred, since: from }: Wait): Map<string, Way> =>
  new Map(
    since(from, clock()) >= trustAfter
      ? []
      : [...barred].filter(([, way]) => evidence.mishapOf(way.to, way.from) !== undefined),
  );
