/** What every session of an engine shares: the rules, the door, the pool and the evidence. */

import type { Millis } from '../model/brand.js';
import { createBuffers } from '../net/buffers.js';
import type { Cancel } from '../net/cancel.js';
import type { Listener } from '../net/listen.js';
import { createEvidence } from '../route/evidence.js';
import type { Line } from '../route/journey.js';
import { createPool } from '../route/pool.js';
import type { EngineParts } from './engine.js';
import type { Ledger } from './ledger.js';
import type { Notices } from './watchers.js';

/** One side has finished and the other says nothing: so long it may take to think. */
const halfClosedIdle = 120_000 as Millis;

/** The line of an engine. */
export const createLine = (
  { rules, limits, cascadeFor }: Pick<EngineParts, 'rules' | 'limits' | 'cascadeFor'>,
  around: {
    readonly ledger: Ledger;
    readonly notices: Notices;
    readonly stopping: Cancel;
    readonly listeners: readonly Listener[];
  },
): Line => {
  const evidence = createEvidence();
  const halfClosed = Math.min(halfClosedIdle, limits.idleTunnels) as Millis;
  return {
    rules,
    cascadeFor,
    chooser: { evidence, random: Math.random },
    evidence,
    door: { buffers: createBuffers(), isOwnListener: (address, port) => isOwn(around.listeners, address, port) },
    dialWithin: limits.dial,
    patience: { tunnel: { idle: limits.idleTunnels, halfClosed }, exchange: limits.idle },
    pool: createPool(),
    open: around.ledger.open,
    notice: around.notices.warn,
    stop: around.stopping,
  };
};

/** A connection that ends at the port of a listener, on an address of this machine, is one to ourselves. */
const isOwn = (listeners: readonly Listener[], address: () => string, port: number): boolean =>
  listeners.some(({ endpoint }) => endpoint.port === port) &&
  /^(?:127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$)/.test(address());
