/** Watches the own line while many proxies are asked: the judge is asked directly all the while, and when that gets slow, less is asked. */

import { type At, type Millis, millis, now, since } from '../model/brand.js';

/** The watch. */
export interface Control {
  /** How many may run at once now. */
  readonly room: () => number;
  readonly isCongested: () => boolean;
  /** Whether the judge has not answered for some seconds. */
  readonly isLost: () => boolean;
  /** Whether the line was free from that moment on. */
  readonly wasClear: (from: At) => boolean;
  readonly stop: () => void;
}

const every = 250;
const least = 16;
/** Nobody calls a line slow that answers within this, whatever it was before. */
const floor = 400;

/**
 * Additive increase, multiplicative decrease, as for the windows of TCP (RFC 5681): when the judge takes twice its usual time and
 * more than the floor, or does not answer, room is halved; while it does, a tenth of all room comes back each second.
 */
export const createControl = (
  most: number,
  ask: () => Promise<Millis | undefined>,
  lostAfter: Millis = millis(5_000),
): Control => {
  let room = most;
  let usual: number | undefined;
  let bad: At | undefined;
  let silentFrom: At | undefined;
  let lost = false;
  let congested = false;
  let asking = false;
  const take = (took: Millis | undefined): void => {
    const slow = took === undefined || (took > floor && took > 2 * (usual ?? took));
    if (slow) {
      if (!congested) room = Math.max(Math.min(least, most), Math.floor(room / 2));
      bad = now();
    } else {
      usual = usual === undefined ? took : Math.min(took, usual * 1.05);
      room = Math.min(most, room + Math.max(1, Math.ceil((most / 10) * (every / 1_000))));
    }
    congested = slow;
    silentFrom = took === undefined ? (silentFrom ?? now()) : undefined;
    lost = silentFrom !== undefined && since(silentFrom, now()) >= lostAfter;
  };
  const look = (): void => {
    if (asking) return;
    asking = true;
    ask()
      .then(take)
      .catch(() => undefined)
      .finally(() => {
        asking = false;
      });
  };
  const clock = setInterval(look, every);
  look();
  return {
    room: () => room,
    isCongested: () => congested,
    isLost: () => lost,
    wasClear: (from) => bad === undefined || bad < from,
    stop: () => {
      clearInterval(clock);
    },
  };
};
