/** How much one source may ask of a judge: a bucket for each address, filled up at a steady rate. */

/** Answers whether a request of this source is still within its share. */
export type Rate = (source: string) => boolean;

const mostSources = 50_000;

/** Allows `perSecond` on the whole and four times as many at once. */
export const createRate = (perSecond: number, clock: () => number): Rate => {
  const buckets = new Map<string, { level: number; at: number }>();
  const most = perSecond * 4;
  return (source) => {
    const now = clock();
    const known = buckets.get(source);
    const level =
      known === undefined ? most : Math.min(most, known.level + (Math.max(0, now - known.at) / 1_000) * perSecond);
    buckets.delete(source);
    buckets.set(source, { level: Math.max(0, level - 1), at: now });
    // The one that was silent for the longest has a full bucket again, or nobody asks for so many.
    if (buckets.size > mostSources) buckets.delete(buckets.keys().next().value ?? '');
    return level >= 1;
  };
};
