/** Everything the engine tells its faces, as plain data. */

import type { Endpoint } from './address.js';
import type { Failure } from './failure.js';
import type { Session } from './session.js';

/** Something a person may want to know; the same thing again only raises the count. */
export interface Notice {
  readonly level: 'info' | 'warning';
  /** Names the thing; sentences with the same topic are counted together. */
  readonly topic: string;
  readonly text: string;
  readonly count: number;
}

export type KaskadeEvent =
  | { readonly kind: 'listening'; readonly endpoint: Endpoint; readonly cascade: string }
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'stopped'; readonly failure?: Failure };
