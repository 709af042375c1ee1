/** When a source is to be fetched next: at its interval, ever later while that fails, and never at the same moment as others. */

import { type Millis, millis } from '../../model/brand.js';
import type { Stamp } from '../../model/book.js';

/** Nobody fetches a list more often. */
const leastInterval: Millis = millis(600_000);

/** Failures make an interval longer up to this, or up to itself where it is longer. */
const longest = 86_400_000;

/** What decides. */
export interface DueParts {
  readonly every: Millis;
  /** Fetches in a row that failed. */
  readonly failures: number;
  readonly now: Stamp;
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number;
}

/** The moment: the interval, doubled for each failure, give or take a tenth. */
export const nextFetch = ({ every, failures, now, random }: DueParts): Stamp => {
  const usual = Math.max(every, leastInterval);
  const span = Math.min(usual * 2 ** failures, Math.max(usual, longest));
  return Math.round(now + span * (0.9 + random() * 0.2)) as Stamp;
};
