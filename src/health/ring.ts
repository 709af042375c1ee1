/** Counts of a row of equal spans of time up to now; older spans fall out. Memory is fixed at birth. */

/** A ring of `spans` spans with `lanes` counters each. */
export interface Ring {
  /** Adds to a counter of the span that holds `time`; never below 0, never over 65,535. */
  readonly add: (time: number, lane: number, count?: number) => void;
  /** The counter in all spans, oldest first; the last one holds `time`. */
  readonly row: (time: number, lane: number) => readonly number[];
  /** The counter in the last `spans` spans together. */
  readonly sum: (time: number, lane: number, spans?: number) => number;
}

const most = 0xffff;

/**
 * An empty ring whose spans last `span` milliseconds of wall clock. A clock that goes back a little writes on in the newest
 * span; one that goes back by more than the whole ring begins it anew.
 */
export const createRing = (spans: number, lanes: number, span: number): Ring => {
  const cells = new Uint16Array(spans * lanes);
  let newest = Number.NEGATIVE_INFINITY;

  const advance = (time: number): void => {
    const index = Math.floor(time / span);
    if (index === newest) return;
    if (Math.abs(index - newest) >= spans) {
      cells.fill(0);
      newest = index;
    }
    while (newest < index) {
      newest += 1;
      cells.fill(0, at(newest, 0), at(newest, 0) + lanes);
    }
  };
  const at = (index: number, lane: number): number => (((index % spans) + spans) % spans) * lanes + lane;
  const row = (time: number, lane: number): readonly number[] => {
    advance(time);
    return Array.from({ length: spans }, (_, back) => cells[at(newest - (spans - 1 - back), lane)] ?? 0);
  };

  return {
    add: (time, lane, count = 1) => {
      advance(time);
      const index = at(newest, lane);
      cells[index] = Math.min(most, Math.max(0, (cells[index] ?? 0) + count));
    },
    row,
    sum: (time, lane, last = spans) =>
      row(time, lane)
        .slice(-last)
        .reduce((sum, count) => sum + count, 0),
  };
};
