/** Names of ways between two places. */

import type { Proxy } from '../model/cascade.js';

/** Names the way from one proxy (this machine where it is missing) to the next. */
export const wayOf = (to: Proxy, from?: Proxy): string => `${from?.id ?? ''} > ${to.id}`;
