/** What is known of one session, from accept to close; JSON-safe. */

import type { Endpoint } from './address.js';
import type { At, Millis } from './brand.js';
import type { CascadeId, ProxyId } from './cascade.js';
import type { Failure } from './failure.js';
import type { Identity } from './route.js';

/** Bytes that went up to the target and down to the client. */
export interface Traffic {
  readonly up: number;
  readonly down: number;
}

/** One hop of a dial: how long its connection (TCP and TLS, hop 1 only) and its exchanges took. */
export interface HopTiming {
  /** Counted from 1. */
  readonly hop: number;
  readonly label: string;
  readonly connect?: Millis;
  readonly exchange: Millis;
}

/** Why a session ended well. */
export type Ending = 'client' | 'target' | 'idle' | 'stopped';

export type SessionState =
  | { readonly phase: 'negotiating' }
  | { readonly phase: 'dialing'; readonly opened: readonly HopTiming[] }
  /** No whole route is up: it waits until one is, or until its time is over. */
  | { readonly phase: 'held'; readonly opened: readonly HopTiming[]; readonly why: Failure }
  | {
      readonly phase: 'relaying';
      readonly opened: readonly HopTiming[];
      readonly traffic: Traffic;
      readonly firstByte?: Millis;
    }
  | {
      readonly phase: 'closed';
      readonly opened: readonly HopTiming[];
      readonly traffic: Traffic;
      readonly firstByte?: Millis;
      readonly because: Ending;
    }
  | {
      readonly phase: 'failed';
      readonly opened: readonly HopTiming[];
      readonly traffic: Traffic;
      readonly failure: Failure;
    };

/** One session as every face sees it. */
export interface Session {
  readonly id: number;
  readonly began: At;
  /** When it came into its state; for one that has ended, when it ended. */
  readonly changed: At;
  readonly protocol: string;
  readonly identity: Identity;
  readonly cascade?: CascadeId;
  readonly target?: Endpoint;
  /** The hops it goes through, first to last. */
  readonly route?: readonly ProxyId[];
  /** How many routes were dialled for it. */
  readonly tries: number;
  /** So many of its hops were passed before it came, over a spare tunnel: of them it has no times. None where it is missing. */
  readonly ahead?: number;
  readonly state: SessionState;
}
