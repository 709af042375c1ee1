/** A page of others that an audit may ask, as the user has named it: nothing is built in. */

import { type Endpoint, parseEndpoint } from './address.js';
import type { Port } from './brand.js';
import { fail } from './error.js';

/** A page that tells what arrives at it. */
export interface Witness {
  readonly url: string;
  readonly endpoint: Endpoint;
  /** Whether it is asked over TLS. */
  readonly isSecure: boolean;
}

const longest = 1_024;

/** Reads the URL of a witness. Throws `bad-usage` for what is none, for other schemes and for logins, which it would be told. */
export const parseWitness = (text: string): Witness => {
  const url = urlOf(text);
  if (url.username !== '' || url.password !== '')
    throw fail('bad-usage', { note: 'A witness with a login is refused: every proxy would be used to log in there.' });
  url.hash = '';
  const isSecure = url.protocol === 'https:';
  const usual = (isSecure ? 443 : 80) as Port;
  const endpoint = parseEndpoint(url.port === '' ? url.hostname : `${url.hostname}:${url.port}`, usual);
  return { url: url.href, endpoint, isSecure };
};

const urlOf = (text: string): URL => {
  const url =
    /^https?:\/\/[\x21-\x7e]+$/i.test(text) && text.length <= longest && URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw fail('bad-usage', { note: 'A witness is a page by its http:// or https:// URL.' });
  return url;
};
