/** The one table of failures: what is said to a person, to a SOCKS client, to an HTTP client and to a shell. */

import { dialRows } from './failure-dial.js';
import type { FailureDetail, FailureRow } from './failure-row.js';
import { requestRows } from './failure-request.js';
import { setupRows } from './failure-setup.js';

const failureRows = { ...requestRows, ...dialRows, ...setupRows };

/** Every failure the program knows. A code without a row does not compile. */
export type FailureCode = keyof typeof failureRows;

/** Every code, for tests and documentation. */
export const failureCodes = Object.keys(failureRows) as readonly FailureCode[];

/** A failure as plain data. */
export interface Failure extends FailureDetail {
  readonly code: FailureCode;
}

/** What the table says of one failure. */
export interface Explained {
  readonly sentence: string;
  readonly hint: string;
  readonly socks5: number;
  readonly http: number;
  readonly exit: number;
}

/** Looks a failure up: one sentence, one hint, and the replies that the protocols and the shell get for it. */
export const explain = (failure: Failure): Explained => {
  const { sentence, hint, socks5, http, exit } = rowOf(failure);
  return { sentence: sentence(failure), hint, socks5, http, exit };
};

/** The value of the X-Kaskade-Failure header: the code and, where one is concerned, the hop (from 1) or `target`. */
export const failureHeader = (failure: Failure): string => {
  const culprit = culpritOf(failure);
  return culprit === undefined ? failure.code : `${failure.code}; hop=${String(culprit)}`;
};

/** Whom a failure names: a hop's number (0 is this machine), the target, or nobody. */
export const culpritOf = (failure: Failure): number | 'target' | undefined => {
  const { names } = rowOf(failure);
  if (failure.blame === undefined || names === undefined) return undefined;
  const { reporter, suspect } = failure.blame;
  if (names === 'suspect') return suspect;
  return names === 'far-end' && suspect === 'target' ? 'target' : reporter;
};

const rowOf = ({ code }: Failure): FailureRow => failureRows[code];
