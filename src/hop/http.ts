/** HTTP proxies, plain and over TLS: CONNECT (RFC 9110 §9.3.6) with Basic credentials (RFC 7617). */

import type { Hop } from '../model/hop.js';
import { secure } from '../net/secure.js';
import { askConnect, basic } from '../wire/http-connect-client.js';
import type { HopProtocol } from './protocol.js';

const authorization = ({ credentials }: Hop): string | undefined =>
  credentials === undefined ? undefined : basic(credentials.user.reveal(), credentials.password.reveal());

/** A proxy that is spoken to in clear. */
export const http: HopProtocol = {
  schemes: ['http'],
  ask: (hop, onward) => askConnect(onward, authorization(hop)),
  authorization,
};

/** A proxy that is spoken to over TLS. */
export const https: HopProtocol = {
  ...http,
  schemes: ['https'],
  secure: (stream, { endpoint, trust = { by: 'authorities' } }, cancel) => secure(stream, { endpoint, trust }, cancel),
};
