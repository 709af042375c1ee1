/** Figures without fake precision: a time is "at most" a step, a share "at least" one; what is not known is said to be unknown. */

import type { Millis } from './brand.js';

/** A step that a time does not exceed, or `beyond` the last one. */
export type Bound = Millis | 'beyond';

/** Good tries among all tries. */
export interface Share {
  readonly good: number;
  readonly all: number;
}

/** The steps of times, in milliseconds. */
export const timeSteps: readonly Millis[] = [
  10, 25, 50, 100, 150, 250, 400, 600, 1_000, 1_500, 2_500, 4_000, 8_000, 15_000,
] as readonly number[] as readonly Millis[];

/** The steps of shares, in percent. */
const shareSteps = [99, 95, 90, 75, 50] as const;

/** The smallest step that a time does not exceed. */
export const boundOf = (time: Millis): Bound => timeSteps.find((step) => time <= step) ?? 'beyond';

/** Milliseconds to compare and to sort bounds by. */
export const boundSpan = (bound: Bound): number => (bound === 'beyond' ? Number.MAX_SAFE_INTEGER : bound);

/** `≤ 250 ms`, `≤ 1.5 s`, `> 15 s`, or `unknown`. */
export const labelBound = (bound: Bound | undefined): string => {
  if (bound === undefined) return 'unknown';
  return bound === 'beyond' ? `> ${spanText(timeSteps.at(-1) ?? 0)}` : `≤ ${spanText(bound)}`;
};

/** `≥ 90 %`, `< 50 %`, `100 %` only where every one of at least 20 tries was good; or `unknown`. */
export const labelShare = ({ good, all }: Share): string => {
  if (all === 0) return 'unknown';
  if (good === all && all >= 20) return '100 %';
  const percent = (good / all) * 100;
  const step = shareSteps.find((each) => percent >= each);
  return step === undefined ? '< 50 %' : `≥ ${step} %`;
};

const spanText = (span: number): string => (span < 1_000 ? `${span} ms` : `${span / 1_000} s`);
