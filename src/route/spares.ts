/** Dials over tunnels that wait at the last hop: where sessions come often, the next one has only that hop left to ask. */

import { type At, type Millis, millis, now, since } from '../model/brand.js';
import type { Proxy } from '../model/cascade.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import type { Identity, Route } from '../model/route.js';
import type { Lives } from '../model/spare.js';
import { type Cancel, deadline, reasonOf } from '../net/cancel.js';
import type { Tunnel } from '../net/relay.js';
import { createAhead } from './ahead.js';
import { type Dialer, type Errand, type Goal, dial, dialOn } from './dial.js';
import { createPool } from './pool.js';

/** What a session dials with. */
export interface SpareDialer extends Dialer {
  /** Is told how many hops were passed ahead; none any more where all of them have to be dialled after all. */
  readonly onAhead: (hops: number) => void;
}

/** Dials, and keeps spare tunnels: no more than two of an identity and a cascade, and 16 in all. */
export interface Spares {
  /** As `dial`, over a spare tunnel where one waits; opens one for the next session where they come often. */
  readonly dial: (route: Route, goal: Goal, dialer: SpareDialer, cancel: Cancel) => Promise<Tunnel>;
  /** How many wait. */
  readonly waiting: () => number;
  /** Ends those of an identity. */
  readonly renew: (identity: Identity) => void;
  /** Ends all: what they were opened for may mean something else now. */
  readonly clear: () => void;
  /** Ends all, and opens no others. */
  readonly close: () => void;
}

/** What spares are kept by. */
export interface SpareParts {
  readonly lives: Lives;
  /** The most that a dial may take. */
  readonly within: Millis;
}

/** A tunnel through all hops before the last, and TLS to it: nothing was said to it yet. */
interface Spare extends Tunnel {
  readonly last: Proxy;
  readonly opened: At;
  readonly keptFor: Millis;
}

const mostForOne = 2;
const mostInAll = 16;
/** No life is as sure as it was measured: clocks of proxies are coarse, and a question has to arrive before it is over. */
const part = 0.6;
/** What leaves no time for a second session is not worth a connection. */
const shortestLife = 5_000;
/** Nobody has measured how long the hops before, or what stands between them, bear silence: half a minute is common. */
const longest = 25_000;
/** A spare is given so long to answer, or a third of the session's time: the rest is for a dial of all hops. */
const mostStall = 3_000;

/** What is in the book may be changed by others at any time: so long a spare outlives that. */
const lookEvery = 1_000;

/** Keeps no spare before sessions come. */
export const createSpares = ({ lives, within }: SpareParts): Spares => {
  const pool = createPool<Spare>({
    ...{ forOne: mostForOne, inAll: mostInAll, keptFor: ({ keptFor }) => keptFor },
    onMoved: ({ last, opened }) => {
      lives.ended(last, since(opened, now()));
    },
  });
  const ahead = createAhead({
    within,
    hasRoom: (route, opening) => pool.size() + opening < mostInAll && pool.hasRoom(route, 'last hop'),
    keep: (route, tunnel, keptFor) => {
      pool.put(route, 'last hop', { ...tunnel, last: lastOf(route), opened: now(), keptFor });
      lookout.begin();
    },
  });
  const clear = (): void => {
    ahead.end();
    pool.clear();
    lookout.end();
  };
  const lookout = createLookout(lives, { clear, waiting: pool.size });

  return {
    dial: async (route, goal, dialer, cancel) => {
      // Before it is handed a request itself, nothing tells a last hop that is gone from one that is slow.
      if (goal === 'last hop') return dial(route, goal, dialer, cancel);
      lookout.look();
      const follow = ahead.begin();
      const spare = pool.take(route, 'last hop');
      const tunnel = await (spare === undefined
        ? dial(route, goal, dialer, cancel)
        : dialOver(spare, { route, target: goal }, { dialer, lives, within }, cancel));
      lookout.look();
      const keptFor = spanOf(lives.of(lastOf(route)));
      if (keptFor !== undefined) follow(route, keptFor, dialer);
      return tunnel;
    },
    waiting: pool.size,
    renew: (identity) => {
      ahead.end(identity);
      pool.renew(identity);
    },
    clear,
    close: () => {
      clear();
      pool.close();
    },
  };
};

/** Sees to it that nothing waits on what the book said before, whether sessions come or not. */
const createLookout = ({ version }: Lives, { clear, waiting }: Pick<Spares, 'clear' | 'waiting'>) => {
  let known = version();
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const look = (): void => {
    const latest = version();
    if (latest !== known) clear();
    known = latest;
    if (waiting() === 0) end();
  };
  return {
    look,
    end,
    begin: (): void => {
      timer ??= setInterval(look, lookEvery);
    },
  };
};

/** How long one may wait at a hop that bears silence for so long; not at all where that is not known. */
const spanOf = (life: Millis | undefined): Millis | undefined =>
  life === undefined || life < shortestLife ? undefined : millis(Math.min(life * part, longest));

const lastOf = ({ hops }: Route): Proxy => hops.at(-1) ?? hops[0];

/** Asks over a spare. What it does not bring to a clear end is dialled anew, and only what that says is told. */
const dialOver = async (
  spare: Spare,
  errand: Errand,
  { dialer, lives, within }: SpareParts & { readonly dialer: SpareDialer },
  cancel: Cancel,
): Promise<Tunnel> => {
  const { route, target } = errand;
  const age = since(spare.opened, now());
  dialer.onAhead(route.hops.length - 1);
  const asked = await ask(spare, errand, { dialer, within }, cancel);
  if ('tunnel' in asked) return asked.tunnel;
  dialer.onAhead(0);
  const began = now();
  const tunnel = await dial(route, target, dialer, cancel);
  // A target that takes as long either way was waited for, and no spare was over.
  if (asked.lost.code !== 'hop-timeout' || since(began, now()) < mostStall) lives.ended(spare.last, age);
  return tunnel;
};

/** Rejects with what is told whatever the tunnel was: the last hop's word on the target, and the reason of the signal. */
const ask = async (
  spare: Spare,
  errand: Errand,
  { dialer, within }: { readonly dialer: Dialer; readonly within: Millis },
  cancel: Cancel,
): Promise<{ readonly tunnel: Tunnel } | { readonly lost: KaskadeError }> => {
  const limit = deadline(millis(Math.min(mostStall, within / 3)), () => fail('hop-timeout'), cancel);
  try {
    return { tunnel: await dialOn(spare, errand, dialer, limit) };
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    if (isWord(error)) throw error;
    if (cancel.signal.aborted) throw reasonOf(cancel);
    return { lost: error };
  } finally {
    limit.done();
  }
};

/** What the last hop says of a target is as true as ever. That time is over (HTTP 408) it may have said of its own patience. */
const isWord = ({ code }: KaskadeError): boolean => code.startsWith('onward-') && code !== 'onward-timeout';
