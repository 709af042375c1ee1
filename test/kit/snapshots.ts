/** Snapshots, sessions and hops as plain data, for tests of what faces show. */

import type { At } from '../../src/model/brand.js';
import type { ProxyId } from '../../src/model/cascade.js';
import type { Identity } from '../../src/model/route.js';
import type { Session } from '../../src/model/session.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { HopHealth } from '../../src/model/standing.js';

/** An engine in which nothing has happened yet. */
export const emptySnapshot: Snapshot = {
  pid: 1,
  at: 0 as At,
  listeners: [],
  cascades: [],
  hops: [],
  edges: [],
  network: 'unknown',
  sessions: [],
  recent: [],
  totals: { served: 0, failed: 0, traffic: { up: 0, down: 0 } },
  rates: { up: [], down: [] },
  notices: [],
};

/** An open session. */
export const sessionOf = (id: number, change: Partial<Session> = {}): Session => ({
  id,
  began: id as At,
  changed: id as At,
  protocol: 'socks5',
  identity: '' as Identity,
  tries: 0,
  state: { phase: 'negotiating' },
  ...change,
});

/** A hop of which nothing is known. */
export const hopOf = (label: string, change: Partial<HopHealth> = {}): HopHealth => ({
  proxy: label as ProxyId,
  standing: 'unknown',
  since: 0 as At,
  connect: {},
  exchange: {},
  firstByte: {},
  hour: { good: 0, all: 0 },
  day: { good: 0, all: 0 },
  recent: [],
  week: '.'.repeat(168),
  ...change,
});
