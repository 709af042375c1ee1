/** Notices when this program is held up: by other programs, by a slow disk, by its own work. */

import { type At, type Millis, millis, now, since } from '../model/brand.js';

/** A watch on the program's own pace. */
export interface LateWatch {
  /** The longest that it was held up in the last fifteen seconds, which is as long as a step of a dial may take. */
  readonly late: () => Millis;
  readonly stop: () => void;
}

const lookEvery = 100;
const lately = 15_000;
/** Less than this is the usual unrest of timers. */
const least = 50;

/** Begins to watch. The timer keeps no process alive. */
export const watchLateness = (clock: () => At = now): LateWatch => {
  let looked = clock();
  let delays: readonly { readonly at: At; readonly span: number }[] = [];
  const look = (): void => {
    const at = clock();
    const span = since(looked, at) - lookEvery;
    looked = at;
    if (span < least) return;
    delays = [...delays.filter((delay) => since(delay.at, at) < lately && delay.span > span), { at, span }];
  };
  const timer = setInterval(look, lookEvery).unref();
  return {
    late: () => {
      // What is going on right now counts too: the timer may not have come to its turn yet.
      const at = clock();
      const spans = delays.filter((delay) => since(delay.at, at) < lately).map(({ span }) => span);
      return millis(Math.max(0, since(looked, at) - lookEvery, ...spans));
    },
    stop: () => {
      clearInterval(timer);
    },
  };
};
