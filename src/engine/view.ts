/** Cascades as faces see them: no credential leaves the engine. */

import { type Cascade, warningsOf } from '../model/cascade.js';
import type { Rating } from '../model/rating.js';
import type { CascadeView } from '../model/snapshot.js';
import type { Standing } from '../model/standing.js';

/** What is known of a cascade besides what it is. */
export interface Judged {
  readonly warm: boolean;
  readonly standing: Standing;
  readonly rating: Rating;
}

/** The view of a cascade. */
export const viewCascade = (cascade: Cascade, { warm, standing, rating }: Judged): CascadeView => ({
  name: cascade.name,
  positions: cascade.positions.map(({ pick, among }) => ({ pick, among: among.map(({ id }) => id) })),
  ...{ warm, standing, rating },
  warnings: warningsOf(cascade),
});
