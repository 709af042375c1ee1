/** Spare tunnels, which wait before anything was said to the last hop: how long a proxy bears a connection on which nothing is said. */

import type { Millis } from './brand.js';
import type { Proxy } from './cascade.js';

/** What became of a connection to it on which nothing was said: it ended it `after` so long, or it had not yet. */
export interface SpareLife {
  readonly how: 'ended' | 'outlived';
  /** Milliseconds from the moment when the connection was there. */
  readonly after: Millis;
}

/** What is known of that. Nothing here throws or waits. */
export interface Lives {
  /** How long a proxy has borne such a connection; undefined where that was never seen. */
  readonly of: (proxy: Proxy) => Millis | undefined;
  /** One was over after so long already, whatever was known. */
  readonly ended: (proxy: Proxy, after: Millis) => void;
  /** Another value after every change that may let other proxies into a route, or fewer. */
  readonly version: () => unknown;
}
