/** Brings health together with an engine: what it finds is told to faces, and what it has learned is kept. */

import { now } from '../model/brand.js';
import type { Cascade } from '../model/cascade.js';
import type { HopHealth } from '../model/standing.js';
import type { Keepsake } from '../config/health-file.js';
import { type Health, type HealthLimits, type HealthParts, createHealth } from '../health/health.js';
import type { Door } from '../net/connect.js';
import type { Stored } from './engine.js';
import { watchLateness } from './late.js';
import type { Watchers } from './watchers.js';

/** How an engine cares for its cascades; without it only sessions give evidence, and nothing is kept. */
export interface Pulse {
  readonly probes: boolean;
  readonly limits?: Partial<HealthLimits>;
  /** Where what was learned outlives the engine. */
  readonly keepsake?: Keepsake;
  /** Is told every ten minutes how the hops are doing. */
  readonly diary?: (hops: readonly HopHealth[]) => void;
}

/** What an engine tells its health of routes. */
export type Passage = Pick<HealthParts, 'mayPass' | 'draw'>;

/** Health at work. */
export interface Care {
  readonly health: Health;
  /** Begins to probe the cascade in use. */
  readonly begin: (inUse: Cascade | undefined) => void;
  /** Ends every probe, and keeps what was learned. */
  readonly stop: () => void;
}

/** What was learned is kept so often. */
const keptEvery = 600_000;

/** Health for the stored cascades; `onChange` is called after what faces see of them may have changed. */
export const createCare = (
  pulse: Pulse | undefined,
  {
    stored,
    door,
    passage,
    watchers,
    onChange,
  }: {
    readonly stored: Stored;
    readonly door: Door;
    readonly passage: Passage;
    readonly watchers: Watchers;
    readonly onChange: () => void;
  },
): Care => {
  const saved = pulse?.keepsake?.read();
  const lateness = watchLateness();
  const health = createHealth({
    ...passage,
    late: lateness.late,
    ...{ clock: now, wallClock: Date.now, random: Math.random, door },
    cascades: () => stored.cascades().map((cascade) => ({ cascade, warm: stored.isWarm(cascade.name) })),
    ...(pulse?.limits === undefined ? {} : { limits: pulse.limits }),
    ...(saved === undefined ? {} : { saved }),
  });
  const keep = (): void => void pulse?.keepsake?.write(health.save());
  const timer = setInterval(() => {
    keep();
    pulse?.diary?.(health.hops());
  }, keptEvery).unref();
  health.onReport((hops, edges, network) => {
    watchers.tell({ kind: 'health', hops, edges, network });
    onChange();
  });
  return {
    health,
    begin: (inUse) => {
      if (pulse?.probes !== true) return;
      if (inUse !== undefined) health.used(inUse);
      health.begin();
    },
    stop: () => {
      clearInterval(timer);
      lateness.stop();
      health.stop();
      keep();
    },
  };
};
