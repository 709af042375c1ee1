/** Targets as they are typed. */

import { type Endpoint, parseEndpoint, parseHost, parsePort } from '../model/address.js';
import { fail } from '../model/error.js';

/** A host and a port typed one by one. Throws `bad-name` or `bad-usage`. */
export const readTarget = (host: string, port: string): Endpoint => {
  refuseLogin(host);
  const found = parsePort(port);
  if (found === undefined) throw fail('bad-usage', { note: 'The port of a target is a number from 1 to 65535.' });
  return { host: parseHost(host), port: found };
};

/** `host:port`. Throws `bad-name`. */
export const readEndpoint = (text: string): Endpoint => {
  refuseLogin(text);
  return parseEndpoint(text);
};

/** No host has an `@`; who types one has typed a hop with its password, which must not be repeated. */
const refuseLogin = (text: string): void => {
  if (text.includes('@')) throw fail('bad-name');
};
