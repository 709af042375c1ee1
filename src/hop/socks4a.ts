/** SOCKS4a proxies. */

import { askSocks4 } from '../wire/socks4-client.js';
import type { HopProtocol } from './protocol.js';

/** A proxy that gets names as names; SOCKS4 has a user name but no password. */
export const socks4a: HopProtocol = {
  schemes: ['socks4a'],
  ask: ({ credentials }, onward) => askSocks4(onward, credentials?.user.reveal()),
};
