/** Telling many that work must end. An AbortSignal costs a session more than its timers do, and walks past all who wait for each who comes or goes. */

/** What those who wait need of a signal; an AbortSignal is one. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(kind: 'abort', hear: () => void, options?: { readonly once: boolean }): void;
  removeEventListener(kind: 'abort', hear: () => void): void;
}

/** Who can give the signal: what an AbortController is. */
export interface Aborter {
  readonly signal: Signal;
  /** Tells all who wait, in the order they came; only the first reason counts. */
  readonly abort: (reason: Error) => void;
}

/** A signal not given yet. Who waits for it hears once, and nobody who comes later. */
export const createAborter = (): Aborter => {
  const waiting = new Set<() => void>();
  const state: { aborted: boolean; reason: unknown } = { aborted: false, reason: undefined };
  const signal: Signal = Object.assign(state, {
    addEventListener: (_kind: 'abort', hear: () => void) => {
      if (!state.aborted) waiting.add(hear);
    },
    removeEventListener: (_kind: 'abort', hear: () => void) => {
      waiting.delete(hear);
    },
  });
  return {
    signal,
    abort: (reason) => {
      if (state.aborted) return;
      state.aborted = true;
      state.reason = reason;
      for (const hear of waiting) hear();
      waiting.clear();
    },
  };
};
