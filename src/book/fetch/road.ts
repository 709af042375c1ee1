/** Over which connection a request for a list goes: one that was made by others, or one that an agent makes. */

import { type Agent, type ClientRequest, type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Endpoint } from '../../model/address.js';
import { parseEndpoint } from '../../model/address.js';
import type { Port } from '../../model/brand.js';
import type { Cancel } from '../../net/cancel.js';
import { judgedBy, secure } from '../../net/secure.js';

/** Makes requests; nothing is sent before the caller ends what it gets. */
export interface Road {
  readonly request: (url: URL, options: RequestOptions, cancel: Cancel) => Promise<ClientRequest>;
  /** Ends what is still open. */
  readonly close: () => void;
}

/** A road over streams that `open` makes, each for one request; a `path` in the options stands in the request line instead of the URL's. TLS is spoken here, and certificates are judged here. */
export const streamRoad = (open: (endpoint: Endpoint, cancel: Cancel) => Promise<Duplex>): Road => {
  const streams = new Set<Duplex>();
  return {
    request: async (url, options, cancel) => {
      const endpoint = endpointOf(url);
      const plain = await open(endpoint, cancel);
      plain.on('error', () => undefined);
      streams.add(plain);
      const stream =
        url.protocol === 'https:' ? await secure(plain, { endpoint, trust: { by: 'authorities' } }, cancel) : plain;
      const request = httpRequest({ ...partsOf(url), ...options, createConnection: () => stream });
      // Whoever made the stream may have left it paused, which the client does not expect.
      return request.once('socket', () => stream.resume());
    },
    close: () => {
      for (const stream of streams) stream.destroy();
    },
  };
};

/** A road by an agent, which connects as it has been told. */
export const agentRoad = (agent: Agent): Road => ({
  request: (url, options) => {
    const parts = partsOf(url);
    if (url.protocol !== 'https:') return Promise.resolve(httpRequest({ ...options, ...parts, agent }));
    const trust = { rejectUnauthorized: true, checkServerIdentity: judgedBy(parts.host) };
    return Promise.resolve(httpsRequest({ ...options, ...parts, ...trust, agent }));
  },
  close: () => {
    agent.destroy();
  },
});

/** Where a URL leads. */
export const endpointOf = (url: URL): Endpoint =>
  parseEndpoint(url.port === '' ? url.hostname : `${url.hostname}:${url.port}`, portOf(url));

const portOf = ({ protocol }: URL): Port => (protocol === 'https:' ? 443 : 80) as Port;

const partsOf = (url: URL) => ({
  host: url.hostname.replace(/^\[|\]$/g, ''),
  port: url.port === '' ? portOf(url) : Number(url.port),
  path: `${url.pathname}${url.search}`,
});
