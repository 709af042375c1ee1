/** The judge of the lab: on loopback, with a key and certificates of its own that go with it. */

import { type Endpoint, hostText, labelEndpoint, parseHost } from '../model/address.js';
import type { Port } from '../model/brand.js';
import { type Judge, type JudgeTls, openJudge } from '../audit/judge/judge.js';
import { judgeKeys } from '../audit/judge/record.js';
import { selfSigned } from '../audit/judge/self-signed.js';

/** A running judge, and every way to it as `host:port`. */
export interface LabJudge extends Pick<Judge, 'close'> {
  /** `http://HOST:PORT/#KEY`. */
  readonly url: string;
  readonly ways: ReadonlyMap<string, Endpoint>;
}

const host = parseHost('127.0.0.1');
/** By a name too, so that it is seen whether proxies take names. */
const alias = 'localhost';

/** Opens the judge on any free ports of loopback; nothing of it is written anywhere. */
export const openLabJudge = async (): Promise<LabJudge> => {
  const { urls, card, close } = await openJudge({
    ...{
      keys: judgeKeys(),
      http: [{ host, port: 0 }],
      hosts: [alias],
      tls: [tlsFor(), tlsFor('second.judge.invalid')],
    },
    ...{ ttl: 600_000, perSecond: 10_000, clock: Date.now },
  });
  const ports = [...card.http, ...card.tls.map(({ port }) => port)];
  return { url: urls[0] ?? '', close, ways: new Map(ports.flatMap(waysTo)) };
};

const waysTo = (port: Port): readonly (readonly [string, Endpoint])[] =>
  [hostText(host), alias].map((text) => [labelEndpoint({ host: parseHost(text), port }), { host, port }]);

const tlsFor = (name?: string): JudgeTls => {
  const { cert, key, spki } = selfSigned(name === undefined ? host : parseHost(name), new Date());
  return { at: { host, port: 0 }, identity: { cert, key }, spki, ...(name === undefined ? {} : { name }) };
};
