/** What a process holds open, and waiting until it holds no more than before. */

/** Handles and requests by their kind, as Node counts them. */
export type Holdings = ReadonlyMap<string, number>;

/** What is no work of anybody's: output of the tests, and what ends by itself in the same turn. */
const passing = new Set(['Immediate', 'TTYWrap', 'PipeWrap', 'FSReqPromise', 'FSReqCallback', 'CloseReq']);

/** What the process holds now. */
export const holdings = (): Holdings => {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (!passing.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
};

/** What is held more than at `base`, as `kind: count`. */
const surplus = (base: Holdings): readonly string[] =>
  [...holdings()].flatMap(([kind, count]) => {
    const more = count - (base.get(kind) ?? 0);
    return more > 0 ? [`${kind}: ${more}`] : [];
  });

/** Turns of the event loop, which take as long as what is under way. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Resolves when the process holds no more than at `base`. Rejects with what is left after `within` milliseconds. */
export const backTo = async (base: Holdings, within = 2_000): Promise<void> => {
  const began = performance.now();
  while (surplus(base).length > 0) {
    if (performance.now() - began > within) throw new Error(`still open: ${surplus(base).join(', ')}`);
    await turn();
  }
};

/** Resolves when `fits` is true, looking again at each turn of the event loop. Rejects with `what` after `within` milliseconds. */
export const until = async (fits: () => boolean, what: string, within = 5_000): Promise<void> => {
  const began = performance.now();
  while (!fits()) {
    if (performance.now() - began > within) throw new Error(`not in time: ${what}`);
    await turn();
  }
};

/** Resolves when a number has not changed for `pause` milliseconds: that nothing moves any more is no event. */
export const standstill = async (count: () => number, pause = 300): Promise<void> => {
  for (let before = Number.NaN; before !== count(); await new Promise((resolve) => setTimeout(resolve, pause))) {
    before = count();
  }
};
