/** Ending work early: signals with a reason, and deadlines that clear up after themselves. */

import type { Millis } from '../model/brand.js';
import { type KaskadeError, fail } from '../model/error.js';

/** The last argument of everything that waits: work ends with the signal's reason as soon as it is aborted. */
export interface Cancel {
  readonly signal: AbortSignal;
}

/** A deadline that can be called off. */
export interface Deadline extends Cancel {
  /** Ends the work now, with this reason. */
  readonly abort: (reason: KaskadeError) => void;
  /** Calls the deadline off and lets go of the parent. Must be called when the work is over. */
  readonly done: () => void;
}

/** Timers of Node overflow at 2^31 ms and then fire at once; this is the longest that they can wait. */
export const longestTimer = 2 ** 31 - 1;

/** A signal that is aborted after `after`, or with its parent; the reason is what `late` makes, or the parent's. */
export const deadline = (after: Millis, late: () => KaskadeError, parent?: Cancel): Deadline => {
  const controller = new AbortController();
  const timer = setTimeout(
    () => {
      controller.abort(late());
    },
    Math.min(after, longestTimer),
  );
  const follow = (): void => {
    controller.abort(reasonOf(parent));
  };
  if (parent?.signal.aborted === true) follow();
  parent?.signal.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => {
      controller.abort(reason);
    },
    done: () => {
      clearTimeout(timer);
      parent?.signal.removeEventListener('abort', follow);
    },
  };
};

/** Why a signal was aborted, as a KaskadeError; `stopped` where the reason is none of ours. */
export const reasonOf = (cancel: Cancel | undefined): KaskadeError => {
  const reason: unknown = cancel?.signal.reason;
  return reason instanceof Error && 'failure' in reason ? (reason as KaskadeError) : fail('stopped');
};
