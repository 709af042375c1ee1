/** A pulse on a clock that the test moves, and dials that it is told of. */

import assert from 'node:assert/strict';
import { type At, type Millis, millis } from '../../src/model/brand.js';
import { type Cascade, type Proxy, parseCascade } from '../../src/model/cascade.js';
import type { Failure } from '../../src/model/failure.js';
import type { Identity, Route } from '../../src/model/route.js';
import type { Standing } from '../../src/model/standing.js';
import { type Health, type HealthParts, createHealth } from '../../src/health/health.js';
import { freeDoor } from '../kit/dials.js';

/** Numbers that look random and are the same each time. */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};

/** A clock that stands until it is moved, and the timers on it. */
export interface FakeTime {
  readonly clock: () => At;
  readonly wallClock: () => number;
  readonly after: (span: Millis, work: () => void) => () => void;
  /** Moves on, step by step, and does what is due on the way. */
  readonly pass: (span: number) => void;
  readonly waiting: () => number;
}

/** A fake time that begins at 1 s. */
export const createTime = (): FakeTime => {
  const due = new Map<symbol, { readonly at: number; readonly work: () => void }>();
  let now = 1_000;
  const next = () => [...due].sort(([, one], [, other]) => one.at - other.at)[0];
  return {
    clock: () => now as At,
    wallClock: () => 1_800_000_000_000 + now,
    after: (span, work) => {
      const key = Symbol();
      due.set(key, { at: now + span, work });
      return () => void due.delete(key);
    },
    pass: (span) => {
      const end = now + span;
      for (let item = next(); item !== undefined && item[1].at <= end; item = next()) {
        due.delete(item[0]);
        now = item[1].at;
        item[1].work();
      }
      now = end;
    },
    waiting: () => due.size,
  };
};

/** Health on a fake time. */
export interface Stage {
  readonly health: Health;
  readonly time: FakeTime;
  readonly cascade: Cascade;
  readonly proxy: (position: number, index?: number) => Proxy;
  /** A route through the proxies with these indices, the first ones where none is given. */
  readonly route: (...indices: readonly number[]) => Route;
  readonly passed: (route: Route, ...hops: readonly number[]) => void;
  /** Every hop of the route is passed. */
  readonly well: (route: Route) => void;
  readonly standing: (proxy: Proxy) => Standing;
  readonly edge: (from: Proxy, to: Proxy) => Standing;
}

/** A stage for one cascade; the network of the machine is up. */
export const createStage = (chain: string, parts: Partial<HealthParts> = {}): Stage => {
  const time = createTime();
  const cascade = parseCascade('test', chain);
  const health = createHealth({
    ...{ clock: time.clock, wallClock: time.wallClock, after: time.after, random: seeded(1), door: freeDoor() },
    ...{ cascades: () => [{ cascade, warm: false }], ways: () => 'some' as const },
    ...parts,
  });
  const proxy = (position: number, index = 0): Proxy => {
    const found = cascade.positions[position - 1]?.among[index];
    assert.ok(found !== undefined);
    return found;
  };
  const passed = (route: Route, ...hops: readonly number[]): void => {
    for (const hop of hops) health.passed(route, { hop, label: '', exchange: millis(20) });
  };
  return {
    ...{ health, time, cascade, proxy, passed },
    route: (...indices) => {
      const hops = cascade.positions.map((_, index) => proxy(index + 1, indices[index] ?? 0));
      return { cascade: cascade.id, identity: '' as Identity, hops } as unknown as Route;
    },
    well: (route) => {
      passed(route, ...route.hops.map((_, index) => index + 1));
    },
    standing: ({ id }) => health.hops().find((hop) => hop.proxy === id)?.standing ?? 'unknown',
    edge: (from, to) =>
      health.edges().find((edge) => edge.from === from.id && edge.to === to.id)?.standing ?? 'unknown',
  };
};

/** A hop's word against the next place. */
export const refusal = (
  reporter: number,
  suspect: number | 'target',
  code: Failure['code'] = 'onward-refused',
): Failure => ({
  code,
  blame: { reporter, suspect, phase: 'request' },
});

/** This machine's word on the first hop. */
export const noWay = (note = 'ECONNREFUSED'): Failure => ({
  ...{ code: 'hop-unreachable', note },
  blame: { reporter: 0, suspect: 1, phase: 'tcp' },
});
