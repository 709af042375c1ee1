/** Ending work early: signals with a reason, and deadlines that clear up after themselves. */

import type { Millis } from '../model/brand.js';
import { type KaskadeError, fail } from '../model/error.js';
import { type Signal, createAborter } from './signal.js';

/** The last argument of everything that waits: work ends with the signal's reason as soon as it is aborted. */
export interface Cancel {
  readonly signal: Signal;
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
  const { signal, abort } = createAborter();
  const timer = setTimeout(
    () => {
      abort(late());
    },
    Math.min(after, longestTimer),
  );
  const forget =
    parent &&
    whenAborted(parent, () => {
      abort(reasonOf(parent));
    });
  return {
    signal,
    abort,
    done: () => {
      clearTimeout(timer);
      forget?.();
    },
  };
};

/** A deadline for the step under way, which each new step replaces. */
export interface StepLimit extends Cancel {
  /** A step begins that may take so long; without a span only the parent ends it. */
  readonly step: (span: Millis | undefined) => void;
  /** Must be called when the work is over. */
  readonly done: () => void;
}

/** A signal that is aborted when a step takes too long, with what `late` makes, or with its parent. */
export const stepLimit = (late: () => KaskadeError, parent: Cancel): StepLimit => {
  const { signal, abort } = createAborter();
  let timer: NodeJS.Timeout | undefined;
  const forget = whenAborted(parent, () => {
    abort(reasonOf(parent));
  });
  const expire = (): void => {
    abort(late());
  };
  return {
    signal,
    step: (span) => {
      clearTimeout(timer);
      timer = span === undefined ? undefined : setTimeout(expire, Math.min(span, longestTimer));
    },
    done: () => {
      clearTimeout(timer);
      forget();
    },
  };
};

/** Calls `hear` when the signal is aborted, at once if it already is; what is returned calls that off. */
export const whenAborted = ({ signal }: Cancel, hear: () => void): (() => void) => {
  if (signal.aborted) hear();
  else signal.addEventListener('abort', hear, { once: true });
  return () => {
    signal.removeEventListener('abort', hear);
  };
};

/** Why a signal was aborted, as a KaskadeError; `stopped` where the reason is none of ours. */
export const reasonOf = (cancel: Cancel | undefined): KaskadeError => {
  const reason: unknown = cancel?.signal.reason;
  return reason instanceof Error && 'failure' in reason ? (reason as KaskadeError) : fail('stopped');
};
