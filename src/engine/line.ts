/** What every session of an engine shares: the rules, the door, the pool and the evidence. */

import { hostText } from '../model/address.js';
import type { Millis } from '../model/brand.js';
import { createBuffers } from '../net/buffers.js';
import type { Cancel } from '../net/cancel.js';
import type { Ends } from '../net/connect.js';
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
    door: { buffers: createBuffers(), isOwnListener: (port, ends) => isOwn(around.listeners, port, ends) },
    dialWithin: limits.dial,
    patience: { tunnel: { idle: limits.idleTunnels, halfClosed }, exchange: limits.idle },
    pool: createPool(),
    open: around.ledger.open,
    notice: around.notices.warn,
    stop: around.stopping,
  };
};

/** A connection to the port of a listener is one to ourselves at its address or, where it listens on all, at any of this machine. */
const isOwn = (listeners: readonly Listener[], port: number, ends: () => Ends): boolean => {
  const hosts = listeners
    .filter(({ endpoint }) => endpoint.port === port)
    .map(({ endpoint }) => hostText(endpoint.host));
  if (hosts.length === 0) return false;
  const [near, far] = [unmapped(ends().near), unmapped(ends().far)];
  const staysHere = near === far || far.startsWith('127.');
  return hosts.some((host) => host === far || (staysHere && (host === '0.0.0.0' || host === '::')));
};

const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
