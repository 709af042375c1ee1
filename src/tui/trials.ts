/** Tries a cascade hop by hop while somebody looks on; a new try ends the one before. */

import { asKaskadeError } from '../model/error.js';
import type { Program } from '../engine/controller.js';
import type { Model, Trial } from './page.js';

/** The try under way, if any. */
export interface Trials {
  readonly begin: (name: string) => void;
  readonly stop: () => void;
}

/** Tries that tell the model of each verdict as it comes. */
export const createTrials = (program: Program, change: (next: (model: Model) => Model) => void): Trials => {
  let running: AbortController | undefined;
  const stop = (): void => {
    running?.abort();
    running = undefined;
  };
  return {
    stop,
    begin: (name) => {
      stop();
      const own = new AbortController();
      running = own;
      void tryOut(program, name, own.signal, (next) => {
        if (!own.signal.aborted) change((model) => withTrial(model, next));
      });
    },
  };
};

const withTrial = (model: Model, next: (trial: Trial) => Trial): Model =>
  model.overlay?.kind === 'trial' ? { ...model, overlay: { kind: 'trial', trial: next(model.overlay.trial) } } : model;

/** Never rejects: what goes wrong is shown. */
const tryOut = async (
  program: Program,
  name: string,
  signal: AbortSignal,
  tell: (next: (trial: Trial) => Trial) => void,
): Promise<void> => {
  try {
    await program.cascades.test({
      cascade: program.cascades.find(name),
      onVerdict: (verdict) => {
        tell((trial) => ({ ...trial, verdicts: [...trial.verdicts, verdict] }));
      },
      signal,
    });
    tell((trial) => ({ ...trial, state: 'done' }));
  } catch (thrown) {
    const { failure } = asKaskadeError(thrown);
    tell((trial) => ({ ...trial, state: 'done', failure }));
  }
};
