/** The table of hop protocols. */

import type { Scheme } from '../model/hop.js';
import { http, https } from './http.js';
import type { HopProtocol } from './protocol.js';
import { socks4a } from './socks4a.js';
import { socks5h } from './socks5h.js';

/** Every hop protocol by its scheme. */
export const hopProtocols: Readonly<Record<Scheme, HopProtocol>> = { http, https, socks4a, socks5h };
