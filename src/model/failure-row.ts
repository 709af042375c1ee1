/** What one row of the failure table says, and what it is told of a failure. */

import type { Blame } from './blame.js';

/** What a failure is about; every field is safe to print and to send as JSON. */
export interface FailureDetail {
  /** Who reported what about whom, where a hop or the target is concerned. */
  readonly blame?: Blame;
  /** How many hops the route has. */
  readonly hops?: number;
  /** Labels of the hops that reported and are suspected, without credentials. */
  readonly reporter?: string;
  readonly suspect?: string;
  /** The HTTP status by which it was told. */
  readonly status?: number;
  /** A short fact: an errno, a status line, a reply code, the name of a setting or a path. */
  readonly note?: string;
}

/** One row of the table. */
export interface FailureRow {
  /** What happened and where, one sentence. */
  readonly sentence: (detail: FailureDetail) => string;
  /** What to do next, one sentence. */
  readonly hint: string;
  /** RFC 1928 §6 reply field. */
  readonly socks5: number;
  readonly http: number;
  readonly exit: 1 | 2 | 3 | 130;
  /** Whom X-Kaskade-Failure names: the suspect, the reporter, or the far end of the edge (the target, else the reporter). */
  readonly names?: 'suspect' | 'reporter' | 'far-end';
}
