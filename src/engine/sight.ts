/** What faces see of a running engine, as one value, and the word to them when its cascades look different. */

import type { Endpoint } from '../model/address.js';
import { now } from '../model/brand.js';
import { knownByAddress, rate } from '../model/rating.js';
import type { CascadeView, Snapshot } from '../model/snapshot.js';
import type { Health } from '../health/health.js';
import type { EngineParts } from './engine.js';
import type { Ledger } from './ledger.js';
import type { RateWatch } from './rates.js';
import { viewCascade } from './view.js';
import type { Notices, Watchers } from './watchers.js';

/** What is looked at. */
export interface Seen {
  readonly parts: Pick<EngineParts, 'stored' | 'inUse' | 'known'>;
  readonly listeners: () => readonly Endpoint[];
  readonly health: () => Health;
  readonly ledger: Ledger;
  readonly rates: RateWatch;
  readonly notices: Notices;
  readonly watchers: Watchers;
}

/** The view of an engine. */
export interface Sight {
  readonly snapshot: () => Snapshot;
  /** Tells watchers of the cascades if they look otherwise than they were told last. */
  readonly refresh: () => void;
}

/** A view that is made when somebody looks. */
export const createSight = (seen: Seen): Sight => {
  let told = '';
  return {
    snapshot: () => ({
      pid: process.pid,
      at: now(),
      listeners: seen.listeners(),
      ...cascadesOf(seen),
      hops: seen.health().hops(),
      edges: seen.health().edges(),
      network: seen.health().network(),
      sessions: seen.ledger.sessions(),
      recent: seen.ledger.recent(),
      totals: seen.ledger.totals(),
      rates: seen.rates.rates(),
      notices: seen.notices.all(),
    }),
    refresh: () => {
      if (!seen.watchers.any()) {
        // Whoever comes next begins with a snapshot, which is told by nobody here.
        told = '';
        return;
      }
      const view = cascadesOf(seen);
      const text = JSON.stringify(view);
      if (text === told) return;
      told = text;
      seen.watchers.tell({ kind: 'cascades', ...view });
    },
  };
};

const cascadesOf = ({
  parts,
  health,
}: Seen): { readonly cascades: readonly CascadeView[]; readonly cascade?: string } => {
  const { stored, inUse, known = knownByAddress } = parts;
  const cascades = stored.cascades().map((cascade) =>
    viewCascade(cascade, {
      warm: stored.isWarm(cascade.name),
      standing: health().standingOf(cascade),
      rating: rate(cascade, known),
      countryOf: (proxy) => known.locality(proxy).country,
    }),
  );
  const used = inUse();
  return { cascades, ...(used === undefined ? {} : { cascade: used.name }) };
};
