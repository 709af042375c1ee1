/** The state of a running engine as plain data: what every face sees. */

import type { Endpoint } from './address.js';
import type { At } from './brand.js';
import type { Pick, ProxyId } from './cascade.js';
import type { Notice } from './event.js';
import type { Rating } from './rating.js';
import type { Session, Traffic } from './session.js';
import type { EdgeHealth, HopHealth, Network, Standing } from './standing.js';

/** A stored cascade as faces see it: no credential is in it. */
export interface CascadeView {
  readonly name: string;
  readonly positions: readonly PositionView[];
  /** Probed also while it is not in use. */
  readonly warm: boolean;
  /** The standing of the best whole route through it. */
  readonly standing: Standing;
  readonly rating: Rating;
  /** The country of each proxy of which it is known (ISO 3166-1 alpha-2): where it goes out, else where it listens. */
  readonly countries: Readonly<Record<ProxyId, string>>;
  /** What a person should know before using it, a sentence each. */
  readonly warnings: readonly string[];
}

/** A place in a cascade. */
export interface PositionView {
  readonly pick: Pick;
  /** The proxies to choose from, by their labels, which carry no credentials. */
  readonly among: readonly ProxyId[];
  /** Whatever proxies of the book this filter means; `among` is empty then. */
  readonly filter?: string;
}

/** Bytes each second of the last minute, oldest first. */
export interface Rates {
  readonly up: readonly number[];
  readonly down: readonly number[];
}

/** Sessions that have ended, and their bytes with those of the open ones. */
export interface Totals {
  readonly served: number;
  readonly failed: number;
  readonly traffic: Traffic;
}

/** The state of a running engine. */
export interface Snapshot {
  /** The engine's process. */
  readonly pid: number;
  /** When this was true, on the engine's clock, to which every other moment in it belongs. */
  readonly at: At;
  readonly listeners: readonly Endpoint[];
  /** The cascade for new sessions, by name. */
  readonly cascade?: string;
  readonly cascades: readonly CascadeView[];
  readonly hops: readonly HopHealth[];
  readonly edges: readonly EdgeHealth[];
  readonly network: Network;
  /** Open sessions, oldest first. */
  readonly sessions: readonly Session[];
  /** The last sessions that have ended, oldest first; a few hundred at most. */
  readonly recent: readonly Session[];
  readonly totals: Totals;
  readonly rates: Rates;
  /** What was told lately, oldest first, one for each topic. */
  readonly notices: readonly Notice[];
}
