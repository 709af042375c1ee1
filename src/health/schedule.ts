/** When which route of a cascade is to be probed: pure bookkeeping, asked by the prober at every tick. */

import { type At, type Millis, millis, since } from '../model/brand.js';
import type { Cascade, Proxy, ProxyId } from '../model/cascade.js';
import type { Route } from '../model/route.js';
import { type WaySight, waysThrough } from './probe-ways.js';

/** The spans of probing. */
export interface Pace {
  /** From one probe of a proxy to the next, where it has given no evidence in between; give or take a tenth. */
  readonly interval: Millis;
  /** The first repetition while things are unsettled; each later one waits twice as long, up to the interval. */
  readonly quick: Millis;
  /** The longest interval, which doubles while failures go on. */
  readonly longest: Millis;
  /** A cascade without sessions for so long is not probed, unless it is kept warm. */
  readonly idle: Millis;
  /** Between probes of a cascade that sessions wait for. */
  readonly urgent: Millis;
}

/** 30 s, again after 1 s, at most 10 minutes, 30 idle minutes, once a second. */
export const usualPace: Pace = {
  interval: millis(30_000),
  quick: millis(1_000),
  longest: millis(600_000),
  idle: millis(1_800_000),
  urgent: millis(1_000),
};

/** What a schedule asks of the world. */
export interface Sight extends WaySight {
  /** When there was evidence of a proxy last, of whatever kind. */
  readonly heardAt: (proxy: Proxy) => At | undefined;
  /** Whether one more try would tell more of a hop or a way of this route. */
  readonly unsettled: (route: Route) => boolean;
  readonly offline: () => boolean;
}

/** A probe to be made: the route, and the proxy for whose sake. */
export interface Errand {
  readonly route: Route;
  readonly focus: ProxyId;
}

/** The probes of one cascade. */
export interface Schedule {
  readonly use: (at: At) => void;
  /** Sessions wait: what failed for long is tried again at once. */
  readonly urge: (at: At) => void;
  /** Probes as soon as possible, once. */
  readonly wish: () => void;
  /** The next probe that is due, if any. */
  readonly due: (cascade: Cascade, warm: boolean, at: At) => Errand | undefined;
  readonly began: (errand: Errand, at: At) => void;
  readonly ended: (errand: Errand, well: boolean | undefined, at: At) => void;
  /** Evidence from a session that went this way. */
  readonly heard: (route: Route, at: At) => void;
  /** Nothing before that moment. */
  readonly postpone: (until: At) => void;
}

interface Focus {
  triedAt?: At;
  retryAt?: At;
  rung: number;
  /** Failures in a row. */
  misses: number;
  running: number;
  /** Drawn anew for every probe, so that no two clients keep step. */
  jitter: number;
}

/** So many failures in a row pass before the interval grows. */
const patientFor = 3;
/** Alternatives share the interval, down to this part of it. */
const mostParts = 8;
const mostRunning = 4;
/** The part of the interval after which a probe is late. */
const latePart = 1 / 6;
/** Sessions wait no longer than this, or ask again. */
const urgedFor = 30_000;

/** A schedule of a cascade that nobody has used yet. */
export const createSchedule = (pace: Pace, sight: Sight): Schedule => {
  const foci = new Map<ProxyId, Focus>();
  const state: State = { pace, sight, foci, wished: false, notBefore: 0 as At };
  return {
    use: (at) => {
      state.usedAt = at;
    },
    urge: (at) => {
      [state.usedAt, state.urgedAt] = [at, at];
      for (const focus of foci.values()) focus.misses = 0;
    },
    wish: () => {
      state.wished = true;
    },
    due: (cascade, warm, at) => {
      if (at < state.notBefore || !(warm || state.wished || isUsed(state, at))) return undefined;
      return errandIn(state, cascade, at);
    },
    began: ({ focus: id }, at) => {
      [state.startedAt, state.wished] = [at, false];
      const focus = focusOf(state, id);
      focus.triedAt = at;
      focus.running += 1;
      focus.jitter = jitterOf(sight.random);
      delete focus.retryAt;
    },
    ended: ({ focus: id, route }, well, at) => {
      const focus = focusOf(state, id);
      focus.running = Math.max(0, focus.running - 1);
      if (well === false) focus.misses += 1;
      if (well === true) forgiveAll(state, route);
      plan(state, focus, route, at);
    },
    heard: (route, at) => {
      state.usedAt = at;
      for (const { id } of route.hops) {
        const focus = foci.get(id);
        if (focus?.running === 0 && focus.retryAt === undefined) plan(state, focus, route, at);
      }
    },
    postpone: (until) => {
      state.notBefore = until;
      for (const focus of foci.values()) delete focus.retryAt;
    },
  };
};

interface State {
  readonly pace: Pace;
  readonly sight: Sight;
  readonly foci: Map<ProxyId, Focus>;
  usedAt?: At;
  urgedAt?: At;
  startedAt?: At;
  /** Whether somebody wants a probe now. */
  wished: boolean;
  notBefore: At;
}

/** What is due of a cascade that is probed at all. */
const errandIn = (state: State, cascade: Cascade, at: At): Errand | undefined => {
  const { candidates, routeFor } = waysThrough(cascade, state.sight);
  forgetOthers(state.foci, candidates);
  const running = candidates.reduce((sum, { id }) => sum + focusOf(state, id).running, 0);
  const focus = running < mostRunning ? pick(state, candidates, at) : undefined;
  const route = focus && routeFor(focus);
  return route && { focus: focus.id, route };
};

const focusOf = ({ foci, sight }: State, proxy: ProxyId): Focus => {
  const focus = foci.get(proxy) ?? { rung: 0, misses: 0, running: 0, jitter: jitterOf(sight.random) };
  foci.set(proxy, focus);
  return focus;
};

const isUsed = ({ usedAt, pace }: State, at: At): boolean => usedAt !== undefined && since(usedAt, at) < pace.idle;

const isUrged = ({ urgedAt, startedAt, pace }: State, at: At): boolean =>
  urgedAt !== undefined &&
  since(urgedAt, at) < urgedFor &&
  (startedAt === undefined || since(startedAt, at) >= pace.urgent);

/** The proxy for whose sake a probe is due: wanted at once, to be tried again, late, or simply the one longest not heard of. */
const pick = (state: State, candidates: readonly Proxy[], at: At): Proxy | undefined => {
  const { pace, startedAt } = state;
  const idle = candidates.filter(({ id }) => focusOf(state, id).running === 0);
  if ((state.wished || isUrged(state, at)) && idle.length > 0) {
    return least(idle, ({ id }) => focusOf(state, id).triedAt ?? 0);
  }
  const again =
    idle.find(({ id }) => (focusOf(state, id).retryAt ?? Number.POSITIVE_INFINITY) <= at) ??
    candidates.find(({ id }) => isLate(state, focusOf(state, id), at));
  if (again !== undefined) return again;
  const gap = (pace.interval * 0.9) / Math.min(mostParts, candidates.length);
  if (startedAt !== undefined && since(startedAt, at) < gap) return undefined;
  const next = least(idle, (proxy) => dueAt(state, proxy));
  return next !== undefined && dueAt(state, next) <= at ? next : undefined;
};

/** A probe that takes so long may be hanging: a second one beside it tells sooner. */
const isLate = ({ pace }: State, { running, triedAt }: Focus, at: At): boolean =>
  running === 1 && triedAt !== undefined && since(triedAt, at) >= pace.interval * latePart;

const dueAt = (state: State, proxy: Proxy): number => {
  const { pace, sight } = state;
  const focus = focusOf(state, proxy.id);
  const last = Math.max(focus.triedAt ?? -1, sight.heardAt(proxy) ?? -1);
  if (last < 0) return 0;
  const doublings = sight.offline() ? 0 : Math.max(0, focus.misses - patientFor);
  return last + Math.min(pace.longest, pace.interval * 2 ** doublings) * focus.jitter;
};

/** After evidence: another try soon while that would tell more, ever later, and none beyond the usual interval. */
const plan = ({ pace, sight }: State, focus: Focus, route: Route, at: At): void => {
  delete focus.retryAt;
  if (!sight.unsettled(route)) {
    focus.rung = 0;
    return;
  }
  const wait = pace.quick * 2 ** focus.rung;
  if (wait >= pace.interval) return;
  focus.retryAt = (at + wait) as At;
  focus.rung += 1;
};

/** A whole route that works ends the hurry and the patience with all its proxies. */
const forgiveAll = (state: State, route: Route): void => {
  delete state.urgedAt;
  for (const { id } of route.hops) {
    const focus = state.foci.get(id);
    if (focus !== undefined) focus.misses = 0;
  }
};

const forgetOthers = (foci: Map<ProxyId, Focus>, candidates: readonly Proxy[]): void => {
  if (foci.size <= candidates.length) return;
  const known = new Set(candidates.map(({ id }) => id));
  for (const id of foci.keys()) if (!known.has(id)) foci.delete(id);
};

const jitterOf = (random: () => number): number => 0.9 + random() * 0.2;

const least = (from: readonly Proxy[], cost: (proxy: Proxy) => number): Proxy | undefined => {
  const [first, ...rest] = from;
  return first && rest.reduce((best, proxy) => (cost(proxy) < cost(best) ? proxy : best), first);
};
