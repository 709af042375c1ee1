/** A judge as an audit knows it: met directly once, so that its card and its clock are true before anybody stands between. */

import type { Duplex } from 'node:stream';
import { type Endpoint, type Family, familyOf, hostText, parseHost } from '../../model/address.js';
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
  /** The addresses that it sees when it is asked directly: one of each family in which it is reached. */
  readonly you: readonly string[];
  /** Whether it still is who it was when it was met, asked directly: one that is gone, or has other keys, proves nothing any more. */
  readonly isSame: (cancel: Cancel) => Promise<boolean>;
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

/** Connects around every proxy, by addresses of one family if that is asked for; only ever asked for the judge. */
export type OpenDirect = (at: Endpoint, cancel: Cancel, family?: Family) => Promise<Duplex>;

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
    ...{ mode: 'direct', host: main, key, within, freshId: meeting.freshId },
    open: (to, limit) => meeting.open(to, limit),
    fields: () => browserFields(meeting.random),
  };
  const card = openCard((await fetchCard(main, meeting.open, cancel)).body, key);
  if (card === undefined) throw fail('judge-unreachable', { note: `${hostText(main.host)} has another key` });
  const seen = await visit({ page: '.txt' }, direct, cancel);
  if (seen.failure?.code === 'judge-busy') throw fail('judge-busy');
  if (seen.record === undefined) throw fail('judge-unreachable', { note: 'its answer is changed on the way to it' });
  const at = (port: Port, host: string = hostText(main.host)): Endpoint => ({ host: parseHost(host), port });
  const others = card.hosts.filter((host) => host !== hostText(main.host)).map((host) => at(main.port, host));
  const oneFamily = [card.ipv4, card.ipv6].flatMap((host) => (host === undefined ? [] : at(main.port, host)));
  const met = seen.record.peer;
  const asOther = await seenByOther(met, [main, ...oneFamily, ...others], {
    direct,
    open: meeting.open,
    signal: cancel.signal,
  });
  return {
    ...{ key, main, card, direct, others, you: [met, ...asOther] },
    ports: card.http.filter((port) => port !== main.port).map((port) => at(port)),
    tls: card.tls.map(({ port, name, spki }) => ({ at: at(port), spki, ...(name === undefined ? {} : { name }) })),
    isSame: (called) => isSame(card, key, { fetch: () => fetchCard(main, meeting.open, called), ...called }),
    records: async (id, called) => (await keptOf([id], direct, called)).kept.get(id) ?? [],
    lookups: async (id, called) => lookupsIn(await visit({ page: '/lookups', id }, direct, called), key),
    recordsOfAll: async (ids, called) => (await keptOf(ids, direct, called)).kept,
    revisits: async (ids, called) => (await keptOf(ids, direct, called)).revisits,
  };
};

interface ByOther extends Cancel {
  readonly direct: Asker;
  readonly open: OpenDirect;
}

/** A family that leads nowhere is not waited for as long. */
const withinOther = millis(3_000);

/**
 * What the judge sees of this machine by the other family than the one by which it was met, at whichever of its hosts is reached so.
 * Empty where none is, or where somebody on the way goes over to the first family.
 */
const seenByOther = async (
  met: string,
  hosts: readonly Endpoint[],
  { direct, open, signal }: ByOther,
): Promise<readonly string[]> => {
  const family: Family = familyOf(met) === 'ipv4' ? 'ipv6' : 'ipv4';
  const asker: Asker = { ...direct, within: withinOther, open: (to, limit) => open(to, limit, family) };
  const fit = hosts.filter(({ host }) => host.kind === 'name' || host.kind === family);
  const seen = await Promise.all(fit.map((host) => visit({ page: '.txt', host }, asker, { signal })));
  return seen
    .flatMap(({ record }) => record?.peer ?? [])
    .filter((peer) => familyOf(peer) === family)
    .slice(0, 1);
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

/** One that says it is asked too much is there. */
const isSame = async (
  { tls }: JudgeCard,
  key: JudgeKey,
  { fetch, signal }: Cancel & { readonly fetch: () => Promise<Fetched> },
): Promise<boolean> => {
  try {
    const { status, body } = await fetch();
    if (status === 429) return true;
    const now = openCard(body, key);
    return now !== undefined && JSON.stringify(now.tls) === JSON.stringify(tls);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return false;
  }
};

interface Fetched {
  readonly status: number;
  readonly body: Buffer;
}

const fetchCard = async (main: Endpoint, open: OpenDirect, cancel: Cancel): Promise<Fetched> => {
  const limit = deadline(within, () => fail('judge-unreachable', { note: 'it says nothing' }), cancel);
  let stream: Duplex | undefined;
  try {
    stream = await open(main, limit);
    stream.write(`GET /card HTTP/1.1\r\nHost: ${hostText(main.host)}\r\nConnection: close\r\n\r\n`);
    const reply = await readReply(stream, { method: 'GET' }, limit);
    return reply.kind === 'answer' ? reply : { status: 0, body: Buffer.alloc(0) };
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
