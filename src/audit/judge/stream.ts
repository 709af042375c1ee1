/** Bytes that look random and are the same for everybody who knows the seed. */

import { createHash } from 'node:crypto';

/** So many bytes for a seed: SHA-256 in counter mode. */
export const seededBytes = (seed: string, length: number): Buffer => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    createHash('sha256').update(`${seed}/${block}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
};

const words = [
  ...['harbour', 'winter', 'copper', 'garden', 'letter', 'morning', 'bridge', 'quiet', 'paper', 'meadow', 'signal'],
  ...['timber', 'lantern', 'market', 'gravel', 'orchard', 'velvet', 'canvas', 'thunder', 'pocket', 'ribbon'],
];

/** A few ordinary words for a seed, so that no two pages are alike. */
export const seededWords = (seed: string, count: number): readonly string[] =>
  [...seededBytes(seed, count)].map((byte) => words[byte % words.length] ?? '');
