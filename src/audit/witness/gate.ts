/** The gate before a page of others: one request after the other with a pause between, and none any more once it has asked for that. */

import type { Millis } from '../../model/brand.js';
import { type Cancel, reasonOf, whenAborted } from '../../net/cancel.js';

/** A gate. */
export interface Gate {
  /** Resolves when it is one's turn, or with why nobody goes through any more. Rejects with the signal's reason. */
  readonly turn: (cancel: Cancel) => Promise<string | undefined>;
  /** Lets nobody through from now on; only the first reason counts. */
  readonly close: (why: string) => void;
}

/** A gate with so long a pause after each who goes through. */
export const createGate = (pause: Millis): Gate => {
  const waiting = new Set<() => void>();
  let resting: NodeJS.Timeout | undefined;
  let closed: string | undefined;
  const next = (): void => {
    const [first] = waiting;
    resting = first === undefined ? undefined : setTimeout(next, pause);
    first?.();
  };
  return {
    turn: (cancel) =>
      new Promise((resolve, reject) => {
        if (cancel.signal.aborted) {
          reject(reasonOf(cancel));
          return;
        }
        const go = (): void => {
          waiting.delete(go);
          forget();
          resolve(closed);
        };
        const forget = whenAborted(cancel, () => {
          waiting.delete(go);
          reject(reasonOf(cancel));
        });
        waiting.add(go);
        if (closed !== undefined) go();
        else if (resting === undefined) next();
      }),
    close: (why) => {
      closed ??= why;
      for (const go of waiting) go();
    },
  };
};
