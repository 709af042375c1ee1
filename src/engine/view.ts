/** Cascades as faces see them: no credential leaves the engine. */

import { type Cascade, type Position, type Proxy, everyProxy, warningsOf } from '../model/cascade.js';
import { printFilter } from '../model/filter-text.js';
import type { Rating } from '../model/rating.js';
import type { CascadeView, PositionView } from '../model/snapshot.js';
import type { Standing } from '../model/standing.js';

/** What is known of a cascade besides what it is. */
export interface Judged {
  readonly warm: boolean;
  readonly standing: Standing;
  readonly rating: Rating;
  readonly countryOf: (proxy: Proxy) => string | undefined;
}

/** The view of a position. */
const viewPosition = ({ pick, among, filter }: Position): PositionView =>
  filter === undefined ? { pick, among: among.map(({ id }) => id) } : { pick, among: [], filter: printFilter(filter) };

/** The view of a cascade. */
export const viewCascade = (cascade: Cascade, { warm, standing, rating, countryOf }: Judged): CascadeView => ({
  name: cascade.name,
  positions: cascade.positions.map(viewPosition),
  ...{ warm, standing, rating },
  countries: Object.fromEntries(
    everyProxy(cascade).flatMap((proxy) => {
      const country = countryOf(proxy);
      return country === undefined ? [] : [[proxy.id, country]];
    }),
  ),
  warnings: warningsOf(cascade),
});
