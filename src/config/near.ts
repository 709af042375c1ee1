/** Words that were probably meant. */

/** Up to three of `known` that are a few letters away from `text`, or share its last part; nearest first. */
export const nearTo = (text: string, known: readonly string[]): readonly string[] =>
  known
    .map((word) => ({ word, far: distance(text.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, far }) => far <= Math.max(2, word.length / 3) || sharesPart(text, word))
    .sort((one, other) => one.far - other.far)
    .slice(0, 3)
    .map(({ word }) => word);

const sharesPart = (text: string, word: string): boolean => {
  const parts = new Set(word.toLowerCase().split('.'));
  return text
    .toLowerCase()
    .split('.')
    .some((part) => parts.has(part));
};

/** Letters to put in, take out or change (Levenshtein); texts over 64 letters are not compared. */
const distance = (one: string, other: string): number => {
  if (one.length > 64) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of Array.from(one).entries()) {
    const next = [at + 1];
    for (const [index, wanted] of Array.from(other).entries()) {
      const changed = (row[index] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(changed, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
};
