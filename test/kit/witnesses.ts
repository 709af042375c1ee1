/** Pages of others as an auditor asks them: without a pause, and with their certificates trusted, where they are to be. */

import { type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { PageRoad } from '../../src/audit/witness/fetch.js';
import { type Witnesses, createWitnesses } from '../../src/audit/witness/witnesses.js';
import { proxyRoad } from '../../src/book/fetch/proxies.js';
import { hopUrl } from '../../src/book/write/url.js';
import { millis } from '../../src/model/brand.js';
import { parseWitness } from '../../src/model/witness.js';
import { auditorAt } from './auditor.js';
import type { Page } from './page.js';

/** Pages that may be asked; `within` is the time for one. */
export const witnessesOf = (pages: readonly Pick<Page, 'url' | 'cert'>[], within = 3_000): Witnesses => {
  let nonce = 0;
  const ca = pages.map(({ cert }) => cert);
  return createWitnesses({
    ...{ pages: pages.map(({ url }) => parseWitness(url)), within: millis(within), pause: millis(0) },
    random: () => `nonce${(nonce += 1)}`,
    direct: () => directRoad(ca),
    through: (hop, limit) => {
      const road = proxyRoad(() => Promise.resolve(hopUrl(hop, true)), limit);
      return { ...road, request: (url, options, cancel) => road.request(url, trusting(options, ca), cancel) };
    },
  });
};

const trusting = (options: RequestOptions, ca: readonly string[]): RequestOptions => {
  const trust = { ...options, ca };
  return trust;
};

const directRoad = (ca: readonly string[]): PageRoad => ({
  request: (url, options) => {
    const begin = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return Promise.resolve(begin(url, { ...trusting(options, ca), localAddress: auditorAt }));
  },
  close: () => undefined,
});
