/** Ctrl-C and its relatives: the first one asks, the second one does not wait. */

import { type KaskadeError, fail } from '../model/error.js';

/** What came in. */
export interface Signals {
  /** Resolves with the exit code when the first one comes. */
  readonly first: Promise<number>;
  /** Aborted with `interrupted` by the first one. */
  readonly signal: AbortSignal;
}

/**
 * Takes over SIGINT, SIGTERM and SIGHUP for the rest of the process. Call it when the program is open: a package below
 * the settings listens too and sends each signal once more, which would count as a second one; its listeners go.
 */
export const catchSignals = (): Signals => {
  const controller = new AbortController();
  const first = new Promise<number>((resolve) => {
    const listen = (name: NodeJS.Signals, code: number): void => {
      process.removeAllListeners(name);
      process.on(name, () => {
        if (controller.signal.aborted) process.exit(code);
        controller.abort(interrupted());
        resolve(code);
      });
    };
    listen('SIGINT', 130);
    listen('SIGTERM', 0);
    listen('SIGHUP', 0);
  });
  return { first, signal: controller.signal };
};

const interrupted = (): KaskadeError => fail('interrupted');
