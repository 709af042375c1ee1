/** What any protocol of the listener learns from a client: where it wants to go, and who it says it is. */

import type { Endpoint } from '../model/address.js';

/** A request to be connected to a target. */
export interface ClientRequest {
  readonly target: Endpoint;
  /** The user name that was sent; empty where there was none. */
  readonly user: string;
}

/** Who may use the listener. */
export interface Login {
  /** Whether a user name and password must be sent. */
  readonly required: boolean;
  /** Whether these are welcome; takes the same time for every wrong one. */
  readonly check: (user: string, password: string) => boolean;
}
