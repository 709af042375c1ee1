/** What the line tells of its dials, and what it is told for its choices: health keeps it, the line uses it, and neither knows the other. */

import type { Endpoint } from './address.js';
import type { Millis } from './brand.js';
import type { Cascade, Proxy } from './cascade.js';
import type { Failure } from './failure.js';
import type { Route } from './route.js';
import type { HopTiming } from './session.js';

/** Evidence of dials, and the judgement on it. Nothing here throws or waits. */
export interface Evidence {
  /** Whether a session may go from a hop (this machine where it is missing) to a proxy: neither the proxy nor that way is down. */
  readonly usable: (to: Proxy, from?: Proxy) => boolean;
  /** Whether `first-up` may take a proxy again: it has not failed lately, or was good three times in a row since. */
  readonly steady: (proxy: Proxy) => boolean;
  /** A recent mean of connect and exchange, for comparison; undefined while none is known. */
  readonly timeOf: (proxy: Proxy) => Millis | undefined;
  /** How long a proxy may take over each step of a dial: what it took lately tells, 1 s to 15 s. */
  readonly patienceFor: (proxy: Proxy) => Millis;
  /** The last failure on the way from a hop to a proxy, or of the proxy itself; undefined while there is none. */
  readonly mishapOf: (to: Proxy, from?: Proxy) => Failure | undefined;
  /** A hop answered all its questions, so that the way behind it is open. */
  readonly passed: (route: Route, timing: HopTiming) => void;
  /** The target helps to tell whether a last hop refuses everybody; it is not kept as it is. */
  readonly failed: (route: Route, failure: Failure, target?: Endpoint) => void;
  /** The target's first byte came so long after the tunnel was open. */
  readonly firstByte: (route: Route, span: Millis) => void;
  /** Calls `hear` after every change that may make another choice right; gives how to call that off. */
  readonly onChange: (hear: () => void) => () => void;
  /** Sessions wait for this cascade: whether it is whole again is to be found out soon. */
  readonly urge: (cascade: Cascade) => void;
}
