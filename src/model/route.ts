/** A route: the frozen row of proxies that one session goes through, chosen from a cascade. */

import type { Brand, NonEmpty } from './brand.js';
import type { CascadeId, Proxy } from './cascade.js';

/** Sessions of one identity may share routes and tunnels; sessions of two identities share nothing. */
export type Identity = Brand<string, 'Identity'>;

/** All hops of a session, first to last. Never changed after it was made. */
export interface Route {
  readonly cascade: CascadeId;
  readonly identity: Identity;
  readonly hops: NonEmpty<Proxy>;
  /** Drawn from the book: other sessions may go through other proxies. */
  readonly drawn?: true;
}

/** Who asks, and through which cascade: read from the user name `identity[+cascade]` that a client sent. */
export interface Asker {
  readonly identity: Identity;
  /** A stored cascade for this session; the one in use where it is missing. */
  readonly cascade?: string;
}

/** Reads the user name of a SOCKS or HTTP client. An empty one is the identity that all such sessions share. */
export const parseAsker = (user: string): Asker => {
  const plus = user.indexOf('+');
  if (plus === -1) return { identity: user as Identity };
  return { identity: user.slice(0, plus) as Identity, cascade: user.slice(plus + 1) };
};
