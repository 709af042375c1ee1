/** What dials have shown of each proxy in this run: who failed lately, and how long each took. */

import { type At, type Millis, now, since } from '../model/brand.js';
import type { Proxy } from '../model/cascade.js';
import { type Failure, culpritOf } from '../model/failure.js';
import type { Route } from '../model/route.js';
import type { HopTiming } from '../model/session.js';

/** Evidence about proxies, by their id. */
export interface Evidence {
  readonly failedLately: (proxy: Proxy) => boolean;
  /** A running mean of connect and exchange time; undefined while nothing was seen. */
  readonly timeOf: (proxy: Proxy) => Millis | undefined;
  readonly passed: (route: Route, timing: HopTiming) => void;
  readonly failed: (route: Route, failure: Failure) => void;
}

interface Record {
  time?: Millis;
  failedAt?: At;
}

/** A proxy that failed is passed over for so long where there is another. */
const memory = 30_000;
const weight = 0.25;

/** Evidence that lives as long as the process. It holds one record for each proxy of a route that was dialled. */
export const createEvidence = (): Evidence => {
  const records = new Map<string, Record>();
  const of = (proxy: Proxy): Record => {
    const known = records.get(proxy.id) ?? {};
    records.set(proxy.id, known);
    return known;
  };
  return {
    failedLately: ({ id }) => {
      const failedAt = records.get(id)?.failedAt;
      return failedAt !== undefined && since(failedAt, now()) < memory;
    },
    timeOf: ({ id }) => records.get(id)?.time,
    passed: (route, { hop, connect = 0, exchange }) => {
      const proxy = route.hops[hop - 1];
      if (proxy === undefined) return;
      const record = of(proxy);
      const time = connect + exchange;
      record.time = ((record.time ?? time) * (1 - weight) + time * weight) as Millis;
      delete record.failedAt;
    },
    failed: (route, failure) => {
      if (mayBeTheTarget(route, failure)) return;
      const culprit = culpritOf(failure);
      const proxy = typeof culprit === 'number' ? route.hops[culprit - 1] : undefined;
      if (proxy !== undefined) of(proxy).failedAt = now();
    },
  };
};

/** What a last hop says, or leaves unsaid, when it is asked for the target can be the target's fault: some proxies just close. */
const mayBeTheTarget = ({ hops }: Route, { blame, code }: Failure): boolean =>
  blame?.suspect === 'target' ||
  (code.startsWith('hop-') && blame?.suspect === hops.length && blame.phase === 'request');
