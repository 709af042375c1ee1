/** Everything the engine tells its faces, as plain data. */

import type { At, Millis } from './brand.js';
import type { Failure } from './failure.js';
import type { Session } from './session.js';
import type { CascadeView, Snapshot, Totals } from './snapshot.js';
import type { EdgeHealth, HopHealth, Network } from './standing.js';

/** Something a person may want to know; the same thing again only raises the count. */
export interface Notice {
  readonly level: 'info' | 'warning';
  /** Names the thing; sentences with the same topic are counted together. */
  readonly topic: string;
  readonly text: string;
  readonly count: number;
  /** When it was told last. */
  readonly at: At;
}

/** Bytes of an open session so far: its id, up, down; and after how long the first one came down, once it has. */
export type Moved = readonly [session: number, up: number, down: number, firstByte?: Millis];

export type KaskadeEvent =
  /** Everything anew: a face that was too slow, or has just come, goes on from here. */
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** All cascades, and the one in use. */
  | { readonly kind: 'cascades'; readonly cascades: readonly CascadeView[]; readonly cascade?: string }
  /** The hops and edges whose health has changed. */
  | {
      readonly kind: 'health';
      readonly hops: readonly HopHealth[];
      readonly edges: readonly EdgeHealth[];
      readonly network: Network;
    }
  /** Once a second: bytes of the last second, and of the sessions that moved any. */
  | {
      readonly kind: 'tick';
      readonly at: At;
      readonly up: number;
      readonly down: number;
      readonly moved: readonly Moved[];
      readonly totals: Totals;
    }
  /** A face asked for the end: whoever started the engine stops it. */
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped'; readonly failure?: Failure };
