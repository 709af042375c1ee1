/** Names that lead where a test says. */

import { type LookupFunction, isIP } from 'node:net';

/** Finds these addresses behind every name. */
export const leadingTo =
  (...addresses: readonly string[]): LookupFunction =>
  (_name, _options, done) => {
    done(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  };
