/** What the listener answers to a request that is for itself: a page, /proxy.pac, or 421 to everybody who has no business here. */

import type { Socket } from 'node:net';
import { type Endpoint, labelEndpoint, parseEndpoint, parseHost } from '../model/address.js';
import type { Port } from '../model/brand.js';
import { isThisMachine } from '../model/cascade.js';
import { type Field, valuesOf } from '../wire/http-head.js';
import { page } from './page.js';
import type { Hall } from './request.js';

/** A small answer. */
export interface HomeAnswer {
  readonly type: string;
  readonly body: string;
}

/** The answer to an origin-form request, or undefined for 421: wrong path, wrong host, or a page of another site asks. */
export const answerHome = (
  request: { readonly method: string; readonly path: string; readonly fields: readonly Field[] },
  client: Socket,
  hall: Hall,
): HomeAnswer | undefined => {
  const own = ownEndpoint(client);
  if (hall.login.required || own === undefined || !/^(?:GET|HEAD)$/.test(request.method)) return undefined;
  if (!isAddressedHere(request.fields, own) || isCrossSite(request.fields, own)) return undefined;
  if (request.path === '/proxy.pac') return { type: 'application/x-ns-proxy-autoconfig', body: pac(own) };
  return request.path === '/' ? { type: 'text/html; charset=utf-8', body: homePage(own, hall) } : undefined;
};

const ownEndpoint = ({ localAddress = '', localPort = 0 }: Socket): Endpoint | undefined => {
  const own = { host: parseHost(localAddress.replace(/^::ffff:(?=\d+\.)/i, '')), port: localPort as Port };
  return isThisMachine(own) ? own : undefined;
};

/** DNS rebinding ends here: the Host must be the listener's own loopback address, or localhost, with its port. */
const isAddressedHere = (fields: readonly Field[], own: Endpoint): boolean => {
  const hosts = valuesOf(fields, 'host');
  return hosts.length === 1 && [labelEndpoint(own), `localhost:${own.port}`].includes(normal(hosts[0] ?? ''));
};

const normal = (authority: string): string => {
  try {
    return labelEndpoint(parseEndpoint(authority.toLowerCase(), 80 as Port));
  } catch {
    return '';
  }
};

const isCrossSite = (fields: readonly Field[], own: Endpoint): boolean => {
  const origins = valuesOf(fields, 'origin');
  const sites = valuesOf(fields, 'sec-fetch-site');
  const strangeOrigin = origins.some((origin) => !isOwnOrigin(origin, own));
  return strangeOrigin || sites.some((site) => !/^(?:none|same-origin)$/i.test(site));
};

const isOwnOrigin = (origin: string, own: Endpoint): boolean =>
  [`http://${labelEndpoint(own)}`, `http://localhost:${own.port}`].includes(origin.toLowerCase());

/** Every request goes through the listener; there is no DIRECT in it, so nothing leaves when the listener is gone. */
const pac = (own: Endpoint): string =>
  `function FindProxyForURL(url, host) {\n  return "PROXY ${labelEndpoint(own)}";\n}\n`;

const homePage = (own: Endpoint, hall: Hall): string => {
  const { name, route } = hall.cascade();
  const here = labelEndpoint(own);
  return page('kaskade', [
    'This port is a proxy: SOCKS4, SOCKS4a, SOCKS5, HTTP and CONNECT, all on the same port.',
    `Cascade in use: ${name}.`,
    `Route: ${route}.`,
    `Firefox: Settings, Network Settings, Automatic proxy configuration URL: http://${here}/proxy.pac`,
    `Chromium: start it with --proxy-server="http://${here}" --proxy-bypass-list="<-loopback>"`,
    `curl: curl -x socks5h://${here} https://example.org/`,
    'Open proxies belong to strangers. They see what plain HTTP carries, the first one knows your address, and chaining does not change that.',
  ]);
};
