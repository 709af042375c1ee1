/** A judge as an audit knows it: met directly once, so that its card and its clock are true before anybody stands between. */

import type { Duplex } from 'node:stream';
import { type Endpoint, hostText, parseHost } from '../../model/address.js';
import { type Port, millis } from '../../model/brand.js';
import { fail } from '../../model/error.js';
import { privateKind } from '../../model/private.js';
import { type Cancel, deadline } from '../../net/cancel.js';
import { type JudgeCard, type JudgeUrl, openCard } from '../judge/card.js';
import { mostTold } from '../judge/keep.js';
import { type JudgeKey, type JudgeRecord, type Kept, type Revisits, openKept, openSigned } from '../judge/record.js';
import type { Lookup } from '../judge/zone.js';
import { readReply } from './reply.js';
import { browserFields } from './request.js';
import { type Asker, type Visit, visit } from './visit.js';

/** A judge, and the ways to it. */
export interface JudgeLink {
  readonly key: JudgeKey;
  /** Its usual host and port. */
  readonly main: Endpoint;
  /** The same judge by other hosts, on the same port. */
  readonly others: readonly Endpoint[];
  /** Its other ports for HTTP. */
  readonly ports: readonly Endpoint[];
  readonly tls: readonly { readonly at: Endpoint; readonly name?: string; readonly spki: string }[];
  readonly card: JudgeCard;
  /** The address that it sees when it is asked directly. */
  readonly you: string;
  /** Puts questions to it around every proxy. */
  readonly direct: Asker;
  /** What it keeps of a question, asked directly. Empty where that cannot be had. */
  readonly records: (id: string, cancel: Cancel) => Promise<readonly JudgeRecord[]>;
  /** Who looked the name of a question up in the judge's zone. */
  readonly lookups: (id: string, cancel: Cancel) => Promise<readonly Lookup[]>;
  /** The same of several questions, a few at a time; those that it could not be asked of are missing. */
  readonly recordsOfAll: (
    ids: readonly string[],
    cancel: Cancel,
  ) => Promise<ReadonlyMap<string, readonly JudgeRecord[]>>;
  /** Whether somebody came later for what these ids asked for; those that the judge does not know, or any more, are missing. */
  readonly revisits: (ids: readonly string[], cancel: Cancel) => Promise<ReadonlyMap<string, Revisits>>;
}

/** Who looked the name of a question up, as the judge has signed it. */
const lookupsIn = ({ id, reply }: Visit, key: JudgeKey): readonly Lookup[] => {
  const told = reply?.kind === 'answer' ? openSigned(reply.body.toString('latin1').trim(), key) : undefined;
  const { id: of, lookups } = (told ?? {}) as { readonly id?: unknown; readonly lookups?: unknown };
  return of === id && Array.isArray(lookups) ? (lookups as readonly Lookup[]) : [];
};

/** Connects around every proxy; only ever asked for the judge. */
export type OpenDirect = (at: Endpoint, cancel: Cancel) => Promise<Duplex>;

/** What meeting a judge needs. */
export interface Meeting {
  readonly open: OpenDirect;
  readonly freshId: () => string;
  readonly random: () => string;
}

const within = millis(10_000);

/** Asks a judge for its card. Rejects with `judge-unreachable` where it does not answer, or has another key. */
export const meetJudge = async (url: JudgeUrl, meeting: Meeting, cancel: Cancel): Promise<JudgeLink> => {
  const { endpoint: main, key } = url;
  const direct: Asker = {
    ...{ mode: 'direct', open: meeting.open, host: main, key, within, freshId: meeting.freshId },
    fields: () => browserFields(meeting.random),
  };
  const card = openCard(await fetchCard(main, meeting.open, cancel), key);
  if (card === undefined) throw fail('judge-unreachable', { note: `${hostText(main.host)} has another key` });
  const seen = await visit({ page: '.txt' }, direct, cancel);
  if (seen.record === undefined) throw fail('judge-unreachable', { note: 'its answer is changed on the way to it' });
  const at = (port: Port, host: string = hostText(main.host)): Endpoint => ({ host: parseHost(host), port });
  return {
    ...{ key, main, card, direct, you: seen.record.peer },
    others: card.hosts.filter((host) => host !== hostText(main.host)).map((host) => at(main.port, host)),
    ports: card.http.filter((port) => port !== main.port).map((port) => at(port)),
    tls: card.tls.map(({ port, name, spki }) => ({ at: at(port), spki, ...(name === undefined ? {} : { name }) })),
    records: async (id, called) => (await keptOf([id], direct, called)).kept.get(id) ?? [],
    lookups: async (id, called) => lookupsIn(await visit({ page: '/lookups', id }, direct, called), key),
    recordsOfAll: async (ids, called) => (await keptOf(ids, direct, called)).kept,
    revisits: async (ids, called) => (await keptOf(ids, direct, called)).revisits,
  };
};

/** Asks the judge for what it keeps, a few ids at a time. */
const keptOf = async (ids: readonly string[], direct: Asker, called: Cancel): Promise<Kept> => {
  const told: Kept[] = [];
  for (let at = 0; at < ids.length; at += mostTold)
    told.push(await keptOfSome(ids.slice(at, at + mostTold), direct, called));
  return {
    kept: new Map(told.flatMap(({ kept }) => [...kept])),
    revisits: new Map(told.flatMap(({ revisits }) => [...revisits])),
  };
};

const nothingKept: Kept = { kept: new Map(), revisits: new Map() };

const keptOfSome = async ([id, ...more]: readonly string[], direct: Asker, called: Cancel): Promise<Kept> => {
  if (id === undefined) return nothingKept;
  const body = more.length === 0 ? {} : { method: 'POST', body: Buffer.from(more.join('\n'), 'latin1') };
  const { reply } = await visit({ page: '/record', id, ...body }, direct, called);
  return (reply?.kind === 'answer' ? openKept(reply.body, direct.key) : undefined) ?? nothingKept;
};

const fetchCard = async (main: Endpoint, open: OpenDirect, cancel: Cancel): Promise<Buffer> => {
  const limit = deadline(within, () => fail('judge-unreachable', { note: 'it says nothing' }), cancel);
  let stream: Duplex | undefined;
  try {
    stream = await open(main, limit);
    stream.write(`GET /card HTTP/1.1\r\nHost: ${hostText(main.host)}\r\nConnection: close\r\n\r\n`);
    const reply = await readReply(stream, { method: 'GET' }, limit);
    return reply.kind === 'answer' ? reply.body : Buffer.alloc(0);
  } catch (thrown) {
    throw cancel.signal.aborted ? thrown : fail('judge-unreachable', { note: hostText(main.host) }, thrown);
  } finally {
    limit.done();
    stream?.destroy();
  }
};

/**
 * Whether a proxy may be asked for this judge: nothing of the network that a proxy stands in is ever asked for, so a judge that is not
 * public is for proxies of the same kind only, such as both on this machine.
 */
export const mayAsk = (judge: Endpoint, proxy: Endpoint): boolean => {
  const kind = privateKind(judge.host);
  return kind === undefined || kind === privateKind(proxy.host);
};
