/** Counts what becomes of a crowd, and tells how it stands a few times a second. */

import type { AuditProgress, AuditReport } from '../model/audit.js';
import { millis } from '../model/brand.js';
import type { Control } from './control.js';

/** A count of so many. */
export interface Tally {
  readonly settled: (report: AuditReport) => void;
  readonly running: (by: 1 | -1) => void;
  /** Tells a last time. */
  readonly stop: () => void;
}

/** Begins to count. */
export const createTally = (
  all: number,
  control: Pick<Control, 'room' | 'isCongested'> & Partial<Control>,
  onProgress: ((progress: AuditProgress) => void) | undefined,
): Tally => {
  const outcomes: Record<string, number> = {};
  let [done, running] = [0, 0];
  const marks: { readonly at: number; readonly done: number }[] = [];
  const tell = (): void => {
    const at = performance.now();
    marks.push({ at, done });
    if (marks.length > 20) marks.shift();
    const [first] = marks;
    const rate = first === undefined || at === first.at ? 0 : ((done - first.done) / (at - first.at)) * 1_000;
    const left = rate > 0 ? { left: millis(((all - done) / rate) * 1_000) } : {};
    const { room, congested } = { room: control.room(), congested: control.isCongested() };
    const lost = control.isLost?.() === true ? { lost: true as const } : {};
    onProgress?.({ all, done, running, room, outcomes: { ...outcomes }, rate, congested, ...left, ...lost });
  };
  const clock = setInterval(tell, 250);
  return {
    settled: ({ outcome }) => {
      done += 1;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    },
    running: (by) => {
      running += by;
    },
    stop: () => {
      clearInterval(clock);
      tell();
    },
  };
};
