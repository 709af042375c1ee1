/** How long something was, in words. */

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** Milliseconds in the largest unit of which there are two, or in seconds. */
export const inWords = (span: number): string => {
  const [unit, size] = units.find(([, each]) => span >= 2 * each) ?? ['second', 1_000];
  const count = Math.round(span / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};
