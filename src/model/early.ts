/** Bytes that a proxy is sent before it has answered what stands before them: who keeps them for later, and who loses them. */

import type { Proxy } from './cascade.js';

/** What such bytes stand behind: a greeting (or a login), or the request to go on. */
export type Behind = 'greeting' | 'request';

/** What is known of it. Nothing here throws or waits. */
export interface Early {
  /** Whether a proxy keeps bytes behind such a question; what is not known is false. */
  readonly keeps: (proxy: Proxy, behind: Behind) => boolean;
  /** It lost some, whatever was known of it. */
  readonly lost: (proxy: Proxy) => void;
}
