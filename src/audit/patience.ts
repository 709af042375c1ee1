/** Asks again where nothing came, and gives a proxy up that says nothing any more: one that dies in the middle would be waited for for an hour. */

import type { Mode } from '../model/audit.js';
import type { Failure } from '../model/failure.js';
import type { Subject } from './ask/subject.js';

/** What was asked, and may have got nothing. */
export interface Asked {
  readonly failure?: Failure;
}

/** Asks so many times in all. */
export type Patiently = <Seen extends Asked>(times: number, ask: () => Promise<Seen>) => Promise<Seen>;

/** What may be lost on the way of packets, and not because of a proxy. */
const losses: readonly string[] = ['answer-timeout', 'answer-missing', 'hop-timeout', 'hop-closed', 'hop-reset'];

/** Whether nothing came, so that asking again may help. */
export const isLost = ({ failure }: Asked): boolean => losses.includes(failure?.code ?? '');

/** Whether it says itself that the way behind it is out of order, and not barred (RFC 9110 §15.6; RFC 1928 §6): that may pass. */
export const hasNoWayOn = ({ failure }: Asked): boolean =>
  ['onward-unreachable', 'onward-timeout', 'onward-failed'].includes(failure?.code ?? '');

/** Whether a mode of a proxy was given up. */
export const isGivenUp = ({ silence }: Subject, mode: Mode): boolean => silence?.get(mode) === Number.POSITIVE_INFINITY;

/** So many questions in a row of which nothing came, though each was asked again: where one try in three is lost, one in ten thousand times. */
const mostInRow = 4;

/** Patience with one mode of a proxy. Before it is given up, `plain` is asked: some only keep silent about many things. */
export const createPatience = ({ silence }: Subject, mode: Mode, plain: () => Promise<Asked>): Patiently => {
  const countLoss = async (): Promise<void> => {
    const row = (silence?.get(mode) ?? 0) + 1;
    silence?.set(mode, row);
    if (row !== mostInRow) return;
    const isThere = !isLost(await again(2, plain));
    silence?.set(mode, isThere ? 0 : Number.POSITIVE_INFINITY);
  };
  return async (times, ask) => {
    const seen = await again(times, ask);
    if (isLost(seen)) await countLoss();
    else silence?.set(mode, 0);
    return seen;
  };
};

const again: Patiently = async (times, ask) => {
  let seen = await ask();
  for (let more = 1; more < times && isLost(seen); more += 1) seen = await ask();
  return seen;
};
