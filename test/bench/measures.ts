/** What is measured: each measure takes a program that runs and gives one number. */

import { setTimeout as pause } from 'node:timers/promises';
import { type Via, type Way, holdSessions, openRelays, runSessions } from './client.js';
import { cpuOf, memoryOf } from './cost.js';

/** How much is done for one number. */
export interface Sizes {
  readonly relayBytes: number;
  readonly sessions: number;
  readonly idleSessions: number;
}

const atOnce = 32;

/** CPU seconds for each GB (10^9 bytes) that is relayed over so many streams. */
export const relayCost = async (session: number, via: Via, load: RelayLoad): Promise<number> => {
  const move = await openRelays(via, load.streams);
  const before = cpuOf(session);
  await move(load.way, load.bytes);
  return (cpuOf(session) - before) / 1_000 / (load.bytes / 1e9);
};

/** What a relay is made to carry. */
export interface RelayLoad {
  readonly streams: number;
  readonly way: Way;
  readonly bytes: number;
}

/** CPU milliseconds for each new session. */
export const sessionCost = async (session: number, via: Via, count: number): Promise<number> => {
  const before = cpuOf(session);
  await runSessions(via, count, atOnce);
  return (cpuOf(session) - before) / count;
};

const warmUpSessions = 200;
/** Long enough for what ends a moment after a session began: timers, the first garbage collections. */
const settling = 3_000;

/** KB of memory that each idle session holds, in a program that has just started, and CPU milliseconds for each session beside them. */
export const idleCost = async (session: number, via: Via, { idleSessions: count, sessions }: Sizes) => {
  await runSessions(via, warmUpSessions, atOnce);
  await pause(settling);
  const before = memoryOf(session);
  const release = await holdSessions(via, count, atOnce);
  await pause(settling);
  const held = memoryOf(session);
  const beside = await sessionCost(session, via, sessions);
  await release();
  return { rss: (held.rss - before.rss) / count, pss: (held.pss - before.pss) / count, beside };
};
