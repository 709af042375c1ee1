/** The one error class: it carries a failure as data, and nothing ever matches on its message. */

import type { FailureDetail } from './failure-row.js';
import { type Failure, type FailureCode, explain } from './failure.js';

/** Thrown for every failure that the program foresees. */
export class KaskadeError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: { readonly cause?: unknown }) {
    super(explain(failure).sentence, options);
    this.name = 'KaskadeError';
    this.failure = failure;
  }

  get code(): FailureCode {
    return this.failure.code;
  }
}

/** Makes the error for a code and what is known of it. */
export const fail = (code: FailureCode, detail: FailureDetail = {}, cause?: unknown): KaskadeError =>
  new KaskadeError({ ...detail, code }, cause === undefined ? undefined : { cause });

/** The same failure with more detail: what an outer layer knows (which hop, how many) is added to what an inner one said. */
export const withDetail = (error: KaskadeError, detail: FailureDetail): KaskadeError =>
  new KaskadeError({ ...error.failure, ...detail }, { cause: error.cause });

/** Any thrown value as a KaskadeError; what was not foreseen becomes `internal`, with the cause kept for debugging. */
export const asKaskadeError = (thrown: unknown): KaskadeError =>
  thrown instanceof KaskadeError ? thrown : fail('internal', {}, thrown);
