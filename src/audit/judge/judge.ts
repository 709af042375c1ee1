/** The judge: it tells, signed, what arrived at it. It relays nothing, talks to nobody by itself, and forgets. */

import type { Duplex } from 'node:stream';
import { type Endpoint, labelEndpoint } from '../../model/address.js';
import { type Port, millis } from '../../model/brand.js';
import { fail } from '../../model/error.js';
import { absorb } from '../../net/absorb.js';
import { type Cancel, deadline } from '../../net/cancel.js';
import { type Caller, type Identity, type JudgePort, openJudgePort } from '../../net/judge-port.js';
import type { ListenAt } from '../../net/listen.js';
import { createAborter } from '../../net/signal.js';
import { takeBytes } from './bytes.js';
import type { JudgeCard, TlsPort } from './card.js';
import { type Keep, createKeep, tellOf } from './keep.js';
import { type Lookups, answering, createLookups } from './lookups.js';
import { openNamePort } from './name-port.js';
import { parsePath } from './pages.js';
import { createRate } from './rate.js';
import { NoRequest, type RawRequest, createRequestReader } from './read-request.js';
import { type JudgeKeys, type JudgeRecord, hashOf } from './record.js';
import { type Said, notice, say, tooMany } from './say.js';
import { type Zone, familyNames } from './zone.js';

/** One certificate of a judge. */
export interface JudgeTls {
  readonly identity: Identity;
  readonly at: ListenAt;
  /** The name that it is for; the host itself where it is missing. */
  readonly name?: string;
  /** SHA-256 of its public key, base64. */
  readonly spki: string;
}

/** What a judge is made of. */
export interface JudgeParts {
  readonly keys: JudgeKeys;
  readonly http: readonly ListenAt[];
  readonly tls: readonly JudgeTls[];
  /** Further hosts by which it is reached. */
  readonly hosts: readonly string[];
  readonly families?: Pick<JudgeCard, 'ipv4' | 'ipv6'>;
  /** A zone that is delegated to it, and where it answers for it. */
  readonly zone?: Zone & { readonly at: ListenAt };
  /** How long addresses are kept, in milliseconds. */
  readonly ttl: number;
  /** Requests a second of one source. */
  readonly perSecond: number;
  readonly clock: () => number;
}

/** A running judge. */
export interface Judge {
  /** `http://HOST:PORT/#KEY` of each port that speaks HTTP. */
  readonly urls: readonly string[];
  readonly card: JudgeCard;
  /** Where it answers for its zone. */
  readonly names?: Endpoint;
  readonly close: () => Promise<void>;
}

const mostCallers = 8_000;
const silence = 30_000;
const requestWithin = millis(20_000);
const mostRequests = 100;

/** Opens all ports. Rejects with `port-in-use`; nothing is left open then. */
export const openJudge = async (parts: JudgeParts): Promise<Judge> => {
  const { signal, abort } = createAborter();
  const keep = createKeep(parts.ttl, parts.clock);
  const isWithin = createRate(parts.perSecond, parts.clock);
  const lookups = createLookups(parts.ttl, parts.clock);
  const ports: JudgePort[] = [];
  let card: JudgeCard | undefined;
  let connections = 0;
  const onCaller = (caller: Caller): void => {
    connections += 1;
    const bench: Bench = { parts, keep, lookups, isWithin, connection: connections, card: () => card };
    converse(caller, bench, { signal })
      .catch(() => undefined)
      .finally(() => caller.stream.destroy());
  };
  const rules = { most: mostCallers, mostEach: mostCallers, silence, onCaller };
  const closeAll = async (): Promise<void> => {
    abort(fail('stopped'));
    await Promise.all(ports.map((port) => port.close()));
  };
  try {
    for (const at of parts.http) ports.push(await openJudgePort(at, rules));
    const plain = ports.map(({ endpoint }) => endpoint);
    const secured: TlsPort[] = [];
    for (const { identity, at, name, spki } of parts.tls) {
      const port = await openJudgePort(at, { ...rules, identity });
      ports.push(port);
      secured.push({ port: port.endpoint.port, spki, ...(name === undefined ? {} : { name }) });
    }
    const names =
      parts.zone &&
      (await openNamePort(parts.zone.at, answering(parts.zone, { lookups, isWithin, clock: parts.clock })));
    if (names !== undefined) ports.push(names);
    const open = plain.map(({ port }) => port);
    card = cardOf(parts, open, secured);
    return {
      urls: plain.map((at) => `http://${labelEndpoint(at)}/#${parts.keys.public}`),
      ...{ card, close: closeAll },
      ...(names && { names: names.endpoint }),
    };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
};

const cardOf = (parts: JudgeParts, http: readonly Port[], tls: readonly TlsPort[]): JudgeCard => ({
  ...{ key: parts.keys.public, hosts: parts.hosts, http, tls, ttl: parts.ttl },
  ...familiesOf(parts),
  ...(parts.zone && { zone: parts.zone.name }),
});

const familiesOf = ({ zone, families }: JudgeParts): Pick<JudgeCard, 'ipv4' | 'ipv6'> => ({
  ...(zone?.ipv4 !== undefined && { ipv4: `${familyNames.ipv4}.${zone.name}` }),
  ...(zone?.ipv6 !== undefined && { ipv6: `${familyNames.ipv6}.${zone.name}` }),
  ...families,
});

interface Bench {
  readonly parts: JudgeParts;
  readonly keep: Keep;
  readonly lookups: Lookups;
  readonly isWithin: (source: string) => boolean;
  readonly connection: number;
  readonly card: () => JudgeCard | undefined;
}

/** Answers the requests of one connection, one after the other, until either side has enough. */
const converse = async (caller: Caller, bench: Bench, cancel: Cancel): Promise<void> => {
  const { stream } = caller;
  for (let number = 1; number <= mostRequests; number += 1) {
    const request = await readOne(stream, cancel);
    if (request === undefined) return;
    const said = answer(request, { caller, bench, number });
    await write(stream, said.bytes);
    if (said.becomes === 'bytes') await takeBytes(stream, said, { ...bench, cancel });
    if (said.becomes !== undefined || !said.lasting) return close(stream);
  }
};

/** The next request; undefined where the connection is over or says nonsense, which is answered. */
const readOne = async (stream: Duplex, cancel: Cancel): Promise<RawRequest | undefined> => {
  const limit = deadline(requestWithin, () => fail('stopped'), cancel);
  const reader = createRequestReader();
  try {
    return await absorb(
      stream,
      {
        feed: (seen) => {
          const { used, request } = reader.feed(seen);
          if (reader.wantsInterim() && request === undefined) stream.write('HTTP/1.1 100 Continue\r\n\r\n');
          return request === undefined ? { used } : { used, result: { value: request } };
        },
        lost: () => new NoRequest('the end'),
      },
      limit,
    );
  } catch (thrown) {
    if (thrown instanceof NoRequest && thrown.message !== 'the end' && stream.writable)
      await write(stream, Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'));
    return undefined;
  } finally {
    limit.done();
  }
};

interface At {
  readonly caller: Caller;
  readonly bench: Bench;
  /** The request on its connection, from 1. */
  readonly number: number;
}

const answer = (request: RawRequest, at: At): Said => {
  const { bench, caller } = at;
  const path = request.target.replace(/^http:\/\/[^/]*/i, '');
  // Words that somebody has put around the path are told with the head.
  const page = parsePath(path.replace(/[?#;].*$/, ''));
  if (!bench.isWithin(caller.peer)) return tooMany(bench.parts.keys);
  if (path === '/card') return notice(request, bench.parts.keys.signText(encoded(bench.card())));
  if (page === undefined) return notice(request);
  if (page.name === '/record')
    return say(request, page, { token: '', visit: 0, tokens: keptOf(request, page.id, bench) });
  if (page.name === '/lookups') return say(request, page, { token: '', visit: 0, tokens: lookupsOf(page.id, bench) });
  const record = recordOf(request, { ...at, page: page.name, id: page.id });
  bench.keep.add(record);
  return say(request, page, {
    token: bench.parts.keys.sign(record),
    visit: record.visit,
    tokens: '',
    peer: caller.peer,
  });
};

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value ?? null), 'utf8').toString('base64url');

const keptOf = ({ body }: RawRequest, id: string, { keep, parts: { keys } }: Bench): string =>
  keys.signText(encoded(tellOf(keep, id, body)));

const lookupsOf = (id: string, { lookups, parts: { keys } }: Bench): string =>
  keys.signText(encoded({ id, lookups: lookups.all(id) }));

const keptBody = 16 * 1024;

const recordOf = (
  { preamble, head, body, trailers }: RawRequest,
  { caller, bench, number, page, id }: At & { readonly page: string; readonly id: string },
): JudgeRecord => ({
  ...{ id, page, at: bench.parts.clock(), peer: caller.peer, peerPort: caller.peerPort, port: caller.port },
  ...{ connection: bench.connection, request: number, visit: bench.keep.count(id), head: head.toString('base64') },
  ...preambleIn(Buffer.concat([caller.preamble ?? Buffer.alloc(0), preamble])),
  ...(body.length === 0
    ? {}
    : {
        body: {
          length: body.length,
          sha256: hashOf(body),
          bytes: body.subarray(0, keptBody).toString('base64'),
        },
      }),
  ...(trailers.length === 0 ? {} : { trailers: trailers.toString('base64') }),
  ...(caller.tls === undefined ? {} : { tls: caller.tls }),
});

const preambleIn = (bytes: Buffer) => (bytes.length === 0 ? {} : { preamble: bytes.toString('base64') });

const write = (stream: Duplex, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else
      stream.write(bytes, () => {
        resolve();
      });
  });

/** Ends, and lets what was said arrive. */
const close = (stream: Duplex): Promise<void> =>
  new Promise((resolve) => {
    stream.once('close', resolve).once('end', resolve);
    stream.end();
    stream.resume();
    if (stream.destroyed || stream.readableEnded) resolve();
  });
