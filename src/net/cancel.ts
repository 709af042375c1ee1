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

/** A timer that may be set anew and called off. */
export interface Alarm {
  readonly set: (span: Millis) => void;
  readonly off: () => void;
}

/**
 * Rings when a span is over. Node looks at timers before it looks at sockets: after the program was held up, a timer would be
 * believed while what it waits for is there already. So sockets are looked at once before it rings.
 */
export const createAlarm = (ring: () => void): Alarm => {
  let timer: NodeJS.Timeout | undefined;
  let look: NodeJS.Immediate | undefined;
  const off = (): void => {
    clearTimeout(timer);
    clearImmediate(look);
  };
  return {
    off,
    set: (span) => {
      off();
      timer = setTimeout(
        () => {
          look = setImmediate(ring);
        },
        Math.min(span, longestTimer),
      );
    },
  };
};

/** A signal that is aborted after `after`, or with its parent; the reason is what `late` makes, or the parent's. */
export const deadline = (after: Millis, late: () => KaskadeError, parent?: Cancel): Deadline => {
  const { signal, abort } = createAborter();
  const alarm = createAlarm(() => {
    abort(late());
  });
  alarm.set(after);
  const forget =
    parent &&
    whenAborted(parent, () => {
      abort(reasonOf(parent));
    });
  return {
    signal,
    abort,
    done: () => {
      alarm.off();
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
  const alarm = createAlarm(() => {
    abort(late());
  });
  const forget = whenAborted(parent, () => {
    abort(reasonOf(parent));
  });
  return {
    signal,
    step: (span) => {
      if (span === undefined) alarm.off();
      else alarm.set(span);
    },
    done: () => {
      alarm.off();
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
