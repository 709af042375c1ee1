/** A proxy as text and as data: `scheme://[user[:password]@]host[:port][?option=value]`. */

import { type Endpoint, hostText, labelEndpoint, parseEndpoint } from './address.js';
import type { Port } from './brand.js';
import { fail } from './error.js';
import { Secret } from './secret.js';

/** A scheme that a hop protocol exists for; parseHop is the only way from text to it. */
export type Scheme = 'http' | 'https' | 'socks4a' | 'socks5h';

/** How the certificate of an https hop is judged. */
export type Trust =
  | { readonly by: 'authorities' }
  | { readonly by: 'pin'; readonly sha256: string }
  | { readonly by: 'nobody' };

/** What is sent to a hop to log in. */
export interface Credentials {
  readonly user: Secret;
  readonly password: Secret;
}

/** A proxy used, or to be used, at a place of a cascade. */
export interface Hop {
  readonly scheme: Scheme;
  readonly endpoint: Endpoint;
  readonly credentials?: Credentials;
  /** Only for https: how the certificate is judged. */
  readonly trust?: Trust;
  /** Only for http and https: plain http:// requests are handed to this hop in absolute form instead of through a tunnel. */
  readonly forward?: true;
}

interface SchemeRow {
  readonly scheme: Scheme;
  readonly port: Port;
  readonly options: readonly string[];
}

const row = (scheme: Scheme, port: number, options: readonly string[] = []): SchemeRow => ({
  scheme,
  port: port as Port,
  options,
});

const schemes: ReadonlyMap<string, SchemeRow> = new Map([
  ['http', row('http', 80, ['mode'])],
  ['https', row('https', 443, ['mode', 'verify', 'pin'])],
  ['socks4', row('socks4a', 1080)],
  ['socks4a', row('socks4a', 1080)],
  ['socks5', row('socks5h', 1080)],
  ['socks5h', row('socks5h', 1080)],
]);

/** RFC 3986 §3.2: the authority ends at the first `/`, `?` or `#`; more lenient in that a password may have a raw `@`. */
const hopText = /^([a-z][a-z0-9+.-]*):\/\/(?:([^/?#]*)@)?([^@/?#]+)\/?(?:\?([^@#]*))?$/i;

/**
 * Reads one hop. socks4 and socks5 become the forms that leave names to the far end.
 * Throws `bad-hop` with a note that repeats nothing of the text: any part of it may be a piece of a password.
 */
export const parseHop = (text: string): Hop => {
  const found = hopText.exec(text);
  const [, written = '', userinfo = '', authority = '', query] = found ?? [];
  if (found === null) throw fail('bad-hop', { note: 'special characters in a password are written as %XX' });
  const known = schemes.get(written.toLowerCase());
  if (known === undefined) throw fail('bad-hop', { note: 'unknown scheme' });
  const options = parseOptions(known, query);
  return {
    scheme: known.scheme,
    endpoint: parseAuthority(authority, known.port),
    ...(userinfo === '' ? {} : { credentials: parseCredentials(userinfo, known.scheme) }),
    ...(known.scheme === 'https' ? { trust: parseTrust(options) } : {}),
    ...(parseForward(options) ? { forward: true as const } : {}),
  };
};

/** The hop for people, logs and events: never with credentials; a changed verification is shown. */
export const labelHop = (hop: Hop): string => {
  const trusted = { authorities: '', pin: '?pin=…', nobody: '?verify=no' }[hop.trust?.by ?? 'authorities'];
  return `${hop.scheme}://${labelEndpoint(hop.endpoint)}${trusted}`;
};

/** What makes two hops the same proxy: scheme does not count, the place does; names without case and trailing dot. */
export const placeOf = ({ endpoint }: Hop): string =>
  `${hostText(endpoint.host).toLowerCase().replace(/\.$/, '')} ${endpoint.port}`;

const parseAuthority = (text: string, port: Port): Endpoint => {
  try {
    return parseEndpoint(text, port);
  } catch {
    // The cause would repeat the text, which is half a password where somebody wrote one with a raw slash or comma.
    throw fail('bad-hop', { note: 'host or port; ports are 1 to 65535' });
  }
};

const parseCredentials = (userinfo: string, scheme: Scheme): Credentials => {
  const colon = userinfo.indexOf(':');
  const user = decode(colon === -1 ? userinfo : userinfo.slice(0, colon));
  const password = decode(colon === -1 ? '' : userinfo.slice(colon + 1));
  if (scheme === 'socks4a' && password !== '')
    throw fail('bad-hop', { note: 'SOCKS4 has a user name but no password' });
  if (scheme.startsWith('http') && user.includes(':'))
    throw fail('bad-hop', { note: 'a user name for HTTP has no colon' });
  if (tooLong(user) || tooLong(password)) throw fail('bad-hop', { note: 'user name or password over 255 bytes' });
  return { user: new Secret(user), password: new Secret(password) };
};

const tooLong = (text: string): boolean => Buffer.byteLength(text) > 255;

const decode = (text: string): string => {
  const decoded = percentDecode(text);
  if (/[\r\n\0]/.test(decoded)) throw fail('bad-hop', { note: 'CR, LF or NUL in user name or password' });
  return decoded;
};

const percentDecode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw fail('bad-hop', { note: 'user name or password is not percent-encoded UTF-8' });
  }
};

const parseOptions = (known: SchemeRow, query: string | undefined): ReadonlyMap<string, string> => {
  const options = new Map<string, string>();
  for (const pair of query === undefined || query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=');
    const key = equals === -1 ? pair : pair.slice(0, equals);
    if (!known.options.includes(key)) {
      throw fail('bad-hop', { note: `options of ${known.scheme} hops: ${known.options.join(', ') || 'none'}` });
    }
    if (options.has(key)) throw fail('bad-hop', { note: `option ${key} given twice` });
    options.set(key, pair.slice(equals + 1));
  }
  return options;
};

const parseTrust = (options: ReadonlyMap<string, string>): Trust => {
  const verify = options.get('verify');
  const pin = options.get('pin');
  if (verify !== undefined && verify !== 'no' && verify !== 'yes')
    throw fail('bad-hop', { note: 'verify is yes or no' });
  if (pin !== undefined) return parsePin(pin, verify);
  return verify === 'no' ? { by: 'nobody' } : { by: 'authorities' };
};

const parsePin = (pin: string, verify: string | undefined): Trust => {
  if (verify !== undefined) throw fail('bad-hop', { note: 'pin and verify exclude each other' });
  const sha256 = /^sha256\/([A-Za-z0-9+/]{43}=)$/.exec(
    pin.replace(/%2b/gi, '+').replace(/%2f/gi, '/').replace(/%3d/gi, '='),
  )?.[1];
  if (sha256 === undefined) throw fail('bad-hop', { note: 'a pin is sha256/ and 44 characters of base64' });
  return { by: 'pin', sha256 };
};

const parseForward = (options: ReadonlyMap<string, string>): boolean => {
  const mode = options.get('mode');
  if (mode !== undefined && mode !== 'forward' && mode !== 'tunnel')
    throw fail('bad-hop', { note: 'mode is tunnel or forward' });
  return mode === 'forward';
};
