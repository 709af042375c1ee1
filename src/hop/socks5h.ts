/** SOCKS5 proxies (RFC 1928, RFC 1929). */

import { askSocks5 } from '../wire/socks5-client.js';
import type { HopProtocol } from './protocol.js';

/** A proxy that gets names as names. */
export const socks5h: HopProtocol = {
  schemes: ['socks5h'],
  ask: ({ credentials }, onward) =>
    askSocks5(onward, credentials && { user: credentials.user.reveal(), password: credentials.password.reveal() }),
};
