/** Notices when nothing moves any more. A counter is compared every now and then, so that a chunk costs nothing. */

import type { At, Millis } from '../model/brand.js';
import { longestTimer } from './cancel.js';

/** Bytes that moved; counted in place by whoever moves them. */
export interface Meter {
  up: number;
  down: number;
  /** When the first byte came down; missing before. */
  firstDown?: At;
}

/** A watch that must be stopped by who started it. */
export interface Watch {
  readonly stop: () => void;
}

const checksPerPatience = 8;
const longestTick = 60_000;

/** Calls `onStill` once nothing has moved for `patience`, give or take an eighth; `onTick` hears after each look how long nothing has. */
export const watchStill = (
  meter: Meter,
  patience: Millis,
  onStill: () => void,
  onTick: (still: number) => void = () => undefined,
): Watch => {
  const tick = Math.min(longestTick, longestTimer, patience / checksPerPatience);
  let before = meter.up + meter.down;
  let still = 0;
  const timer = setInterval(() => {
    const moved = meter.up + meter.down;
    still = moved === before ? still + tick : 0;
    before = moved;
    onTick(still);
    if (still >= patience) onStill();
  }, tick);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
};
