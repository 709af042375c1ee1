/** The table of protocols that a client may speak, tried in this order. */

import type { NonEmpty } from '../model/brand.js';
import { connect } from './connect.js';
import { http } from './http.js';
import type { InboundProtocol } from './request.js';
import { socks4 } from './socks4.js';
import { socks5 } from './socks5.js';

/** Every protocol of the listener. */
export const inboundProtocols: NonEmpty<InboundProtocol> = [socks5, socks4, connect, http];
