/** How a hop, or the way from one hop to the next, is doing now. */

import type { At } from './brand.js';
import type { ProxyId } from './cascade.js';
import type { Failure } from './failure.js';
import type { Bound, Share } from './bound.js';

/** Never tested lately; working; working slowly; two failures in a row; three spaced failures. */
export type Standing = 'unknown' | 'up' | 'slow' | 'suspect' | 'down';

/** Bounds of a span of time over the last hour; a missing one is not known. */
export interface Spread {
  readonly p50?: Bound;
  readonly p90?: Bound;
}

/** The last failure that was laid to a hop or an edge. */
export interface Mishap {
  readonly at: At;
  readonly failure: Failure;
}

/** What is known of one proxy's health. */
export interface HopHealth {
  readonly proxy: ProxyId;
  readonly standing: Standing;
  /** Since when it has this standing. */
  readonly since: At;
  /** TCP and TLS; only a first hop has it, or one that speaks TLS. */
  readonly connect: Spread;
  readonly exchange: Spread;
  /** From the open tunnel to the first byte of the target. */
  readonly firstByte: Spread;
  /** Share of good tries in the last hour, and in the last 24 hours. */
  readonly hour: Share;
  readonly day: Share;
  /** The last hour in 30 cells of two minutes, oldest first: the bound of the exchange's median, `failed`, or null where nothing was tried. */
  readonly recent: readonly (Bound | 'failed' | null)[];
  /** The last 7 × 24 hours, oldest first, one letter an hour: `0` to `9` for tenths of good tries (9 is all good), `.` where nothing was tried. */
  readonly week: string;
  readonly mishap?: Mishap;
  /** It refuses some next hops far more often than its peers do. */
  readonly filters?: true;
  /** The address under which targets see it, where that is known. */
  readonly exit?: string;
}

/** What is known of the way from one hop to the next; `from` is missing where this machine is the near end. */
export interface EdgeHealth {
  readonly from?: ProxyId;
  readonly to: ProxyId;
  /** `down` means that `from` does not forward to `to`, whatever both do otherwise. */
  readonly standing: Standing;
  readonly since: At;
  readonly mishap?: Mishap;
}

/** The state of this machine's own network, as far as it can be told. */
export type Network = 'online' | 'offline' | 'unknown';
