/** The one part of health with timers: at every tick it sends the probes that are due, within its limits, and ends them all when it stops. */

import { type At, type Millis, type NonEmpty, millis } from '../model/brand.js';
import type { Cascade, CascadeId, Proxy, ProxyId } from '../model/cascade.js';
import { fail } from '../model/error.js';
import type { Route } from '../model/route.js';
import type { Cancel } from '../net/cancel.js';
import { type Aborter, createAborter } from '../net/signal.js';
import { type Errand, type Pace, type Schedule, type Sight, createSchedule } from './schedule.js';

/** Calls `work` after a span, unless what it gives is called before. */
export type After = (span: Millis, work: () => void) => () => void;

/** A timer that does not keep the process alive. */
export const after: After = (span, work) => {
  const timer = setTimeout(work, span).unref();
  return () => {
    clearTimeout(timer);
  };
};

/** A stored cascade. It is probed while it is kept warm, and for a while after it was used. */
export interface Watched {
  readonly cascade: Cascade;
  readonly warm: boolean;
}

/** What the prober works with. */
export interface ProberParts {
  readonly clock: () => At;
  readonly after: After;
  readonly pace: Pace;
  readonly tick: Millis;
  readonly limits: ProbeLimits;
  readonly sight: Sight;
  /** Every stored cascade; one that is not among them is not probed. */
  readonly cascades: () => readonly Watched[];
  /** Makes one probe and keeps what it shows; tells how it ended, undefined for nothing. Never rejects. */
  readonly ask: (route: Route, cancel: Cancel) => Promise<boolean | undefined>;
  /** Is called at every tick, before probes are sent. */
  readonly onTick: () => void;
}

/** The most probes at once: in all, and through one proxy. */
export interface ProbeLimits {
  readonly most: number;
  readonly perProxy: number;
}

/** A prober. */
export interface Prober {
  readonly begin: () => void;
  /** Ends every probe and timer now. */
  readonly stop: () => void;
  readonly used: (cascade: CascadeId) => void;
  readonly urge: (cascade: CascadeId) => void;
  readonly wish: (cascade: CascadeId) => void;
  readonly heard: (route: Route) => void;
  /** The program stood still: what is under way is ended without a verdict, what is due is spread over a while. */
  readonly jumped: () => void;
}

/** Over how long the probes behind a jump are spread. */
const spreadOver = 10_000;

/** A prober that does nothing before it begins. */
export const createProber = (parts: ProberParts): Prober => {
  const { clock, sight } = parts;
  const schedules = createSchedules(parts);
  const running = createRunning(parts);
  let cancelTick: (() => void) | undefined;

  const tick = (): void => {
    cancelTick = parts.after(parts.tick, tick);
    parts.onTick();
    for (const { cascade, warm } of schedules.only(parts.cascades())) {
      const schedule = schedules.of(cascade.id);
      // One at a tick: alternatives are spread by themselves.
      const errand = schedule.due(cascade, warm, clock());
      if (errand !== undefined && running.mayGo(errand.route)) running.send(schedule, errand);
    }
  };

  return {
    begin: () => {
      cancelTick ??= parts.after(millis(0), tick);
    },
    stop: () => {
      cancelTick?.();
      cancelTick = undefined;
      running.endAll();
    },
    used: (cascade) => {
      schedules.of(cascade).use(clock());
    },
    urge: (cascade) => {
      schedules.of(cascade).urge(clock());
    },
    wish: (cascade) => {
      schedules.of(cascade).wish();
    },
    heard: (route) => {
      schedules.of(route.cascade).heard(route, clock());
    },
    jumped: () => {
      running.endAll();
      for (const schedule of schedules.all()) schedule.postpone((clock() + sight.random() * spreadOver) as At);
    },
  };
};

const createSchedules = ({ pace, sight }: ProberParts) => {
  const schedules = new Map<CascadeId, Schedule>();
  return {
    of: (cascade: CascadeId): Schedule => {
      const schedule = schedules.get(cascade) ?? createSchedule(pace, sight);
      schedules.set(cascade, schedule);
      return schedule;
    },
    all: (): Iterable<Schedule> => schedules.values(),
    /** Forgets all schedules but those of the cascades that there are. */
    only: (watched: readonly Watched[]): readonly Watched[] => {
      const known = new Set(watched.map(({ cascade }) => cascade.id));
      for (const id of schedules.keys()) if (!known.has(id)) schedules.delete(id);
      return watched;
    },
  };
};

/** The probes under way, each with its place in every proxy that it goes through. */
const createRunning = ({ limits, clock, ask }: ProberParts) => {
  const running = new Set<Aborter>();
  const busy = new Map<ProxyId, number>();
  const occupy = (hops: NonEmpty<Proxy>, by: 1 | -1): void => {
    for (const { id } of hops) {
      const count = (busy.get(id) ?? 0) + by;
      if (count > 0) busy.set(id, count);
      else busy.delete(id);
    }
  };
  return {
    mayGo: ({ hops }: Route): boolean =>
      running.size < limits.most && hops.every(({ id }) => (busy.get(id) ?? 0) < limits.perProxy),
    send: (schedule: Schedule, errand: Errand): void => {
      const aborter = createAborter();
      running.add(aborter);
      occupy(errand.route.hops, 1);
      schedule.began(errand, clock());
      void ask(errand.route, { signal: aborter.signal }).then((well) => {
        running.delete(aborter);
        occupy(errand.route.hops, -1);
        schedule.ended(errand, well, clock());
      });
    },
    endAll: (): void => {
      for (const { abort } of running) abort(fail('stopped'));
    },
  };
};
