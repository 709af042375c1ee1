/** What any protocol of the listener learns from a client: where it wants to go, and who it says it is. */

import type { Endpoint } from '../model/address.js';
import { fail } from '../model/error.js';

/** A request to be connected to a target. */
export interface ClientRequest {
  readonly target: Endpoint;
  /** The user name that was sent; empty where there was none. */
  readonly user: string;
}

/** A user name as a client sent it. Throws `bad-request` where it is not UTF-8: two names must never become one identity. */
export const readUser = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw fail('bad-request', { note: 'a user name that is not UTF-8' });
  return text;
};

/** Who may use the listener. */
export interface Login {
  /** Whether a user name and password must be sent. */
  readonly required: boolean;
  /** Whether these are welcome; takes the same time for every wrong one. */
  readonly check: (user: string, password: string) => boolean;
}
