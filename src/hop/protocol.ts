/** What a hop protocol is: it says what to ask, and never connects by itself, so a hop cannot leak. */

import type { Duplex } from 'node:stream';
import type { Endpoint } from '../model/address.js';
import type { NonEmpty } from '../model/brand.js';
import type { Hop } from '../model/hop.js';
import type { Cancel } from '../net/cancel.js';
import type { Exchange } from '../wire/exchange.js';

/** One upstream protocol. */
export interface HopProtocol {
  readonly schemes: NonEmpty<string>;
  /** Makes the stream to the hop a TLS one, before anything is asked. Rejects with a KaskadeError without blame. */
  readonly secure?: (stream: Duplex, hop: Hop, cancel: Cancel) => Promise<Duplex>;
  /** The questions that make `hop` connect onward, in order. */
  readonly ask: (hop: Hop, onward: Endpoint) => readonly Exchange[];
  /** The value of Proxy-Authorization, for hops that plain requests can be handed to. */
  readonly authorization?: (hop: Hop) => string | undefined;
}
