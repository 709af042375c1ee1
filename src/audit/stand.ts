/** Where a check stands: one mode of one proxy before one judge, and what was already asked there. */

import type { Duplex } from 'node:stream';
import type { Endpoint, Host } from '../model/address.js';
import type { Mode } from '../model/audit.js';
import { type Millis, millis, now, since } from '../model/brand.js';
import { asKaskadeError, fail } from '../model/error.js';
import type { Failure } from '../model/failure.js';
import { type Cancel, deadline, reasonOf } from '../net/cancel.js';
import { type ShownTls, type TlsWish, probeTls } from '../net/tls-probe.js';
import type { JudgeLink } from './ask/judge-link.js';
import { readReply } from './ask/reply.js';
import { browserFields, compose } from './ask/request.js';
import { type Subject, openTunnel } from './ask/subject.js';
import { type Ask, type Visit, visit, visitInRow } from './ask/visit.js';
import type { Fact } from './identity/facts.js';
import { type Search, createSearch } from './identity/search.js';
import { createMemory } from './memory.js';
import { type PageName, pathOf, readable } from './judge/pages.js';
import { type StandParts, askPlain, askerOf, freshId } from './plain.js';
import { type JudgeRecord, findRecord } from './judge/record.js';
import type { Lookup } from './judge/zone.js';
import type { Witnesses } from './witness/witnesses.js';

/** What came of TLS through a tunnel. */
export interface TlsVisit {
  readonly id: string;
  readonly shown?: Omit<ShownTls, 'stream'>;
  readonly record?: JudgeRecord;
  readonly failure?: Failure;
}

/** What a check needs that asks pages of others only. */
export interface WitnessStand extends Cancel {
  readonly mode: Mode;
  readonly subject: Subject;
  readonly facts: readonly Fact[];
  readonly search: Search;
  /** Pages of others, where the user has named some. */
  readonly witnesses?: Witnesses;
  /** Whether the judge still is who it was; missing where none is asked. */
  readonly isSameJudge?: () => Promise<boolean>;
  /** Does once what several checks need. */
  readonly once: <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;
}

/** A stand. */
export interface Stand extends WitnessStand {
  /** That of the first look, where this is one of a further look. */
  readonly first?: Stand;
  readonly judge: JudgeLink;
  readonly within: Millis;
  /** How long strangers are waited for who come for what was asked. */
  readonly patience: Millis;
  readonly visit: (ask: Ask) => Promise<Visit>;
  readonly visitInRow: (asks: readonly Ask[]) => Promise<readonly Visit[]>;
  /** The plain question, asked once; who stands here has found that it may be asked. */
  readonly echo: () => Promise<Visit>;
  /** A page that a browser fetches by itself, once. */
  readonly page: (name?: PageName) => Promise<Visit>;
  /** Any other page or file. It is not kept: some are long, and many proxies are audited at once. */
  readonly file: (name: PageName) => Promise<Visit>;
  /** That it was asked for, and what the judge saw of it, without what came back; asked now if it was not. */
  readonly askedFor: (name: PageName) => Promise<Visit>;
  /** The plain question with fields in it that proxies write themselves, asked once. */
  readonly seeded: () => Promise<Visit>;
  /** TLS to one of the judge's ports, once. */
  readonly tls: (nth: number) => Promise<TlsVisit>;
  /** The same on a connection of its own, as other programs open one. */
  readonly tlsAgain: (nth: number, wish?: Partial<TlsWish>, by?: Host) => Promise<TlsVisit>;
  /** A tunnel, for as long as `work` takes. Rejects as it does, or as a tunnel does. */
  readonly inTunnel: <Result>(
    to: Endpoint,
    work: (stream: Duplex, cancel: Cancel) => Promise<Result>,
  ) => Promise<Result>;
  /** What the judge keeps of a question, asked around the proxy. */
  readonly records: (id: string) => Promise<readonly JudgeRecord[]>;
  /** Who looked the name of a question up, asked around the proxy. */
  readonly lookups: (id: string) => Promise<readonly Lookup[]>;
  /** The records of several questions. */
  readonly recordsOfAll: (ids: readonly string[]) => Promise<ReadonlyMap<string, readonly JudgeRecord[]>>;
  readonly freshId: () => string;
  readonly random: () => string;
}

/** Most of those who look again do so within half a minute. */
export const usualPatience = millis(40_000);

/** From the range for documentation (RFC 5737): nobody's address. */
export const seed = '192.0.2.123';

/** The question with fields that proxies write themselves, already filled in. */
const seededAsk: Ask = {
  page: '.txt',
  extra: [
    { name: 'X-Forwarded-For', value: seed },
    { name: 'Forwarded', value: `for=${seed}` },
    { name: 'X-Real-IP', value: seed },
    { name: 'Via', value: '1.1 earlier' },
  ],
};

/** What a browser loads together, and one more that is asked of every proxy, goes over one connection as far as that lasts. */
const asksTogether: readonly Ask[] = [...readable.map((page): Ask => ({ page })), seededAsk];

const askFor = (name: PageName): Ask => asksTogether.find(({ page }) => page === name) ?? { page: name };

/** A stand on which nothing was asked yet. Thousands are made: an object that began with a spread would be of a kind of its own each. */
export const createStand = (parts: StandParts, first?: Stand): Stand => {
  const { mode, subject, judge, within, patience = usualPatience, random, signal } = parts;
  const cancel: Cancel = { signal };
  const asker = askerOf(parts);
  let { search } = parts;
  const { once, keep } = createMemory();
  /** What comes of the asks that go over one connection. */
  const together = (): Promise<readonly Visit[]> => once('together', () => visitInRow(asksTogether, asker, cancel));
  const one = async (ask: Ask): Promise<Visit> => {
    const nth = asksTogether.indexOf(ask);
    const seen = nth === -1 ? undefined : (await together())[nth];
    if (seen !== undefined && seen.failure === undefined) return seen;
    return patiently(2, () => visit(ask, asker, cancel));
  };
  return {
    mode,
    subject,
    judge,
    facts: parts.facts,
    within,
    patience,
    random,
    signal,
    freshId,
    once,
    ...(parts.witnesses === undefined ? {} : { witnesses: parts.witnesses }),
    ...(first === undefined ? {} : { first }),
    search: (bytes) => (search ??= createSearch(parts.facts))(bytes),
    visit: (ask) => patiently(2, () => visit(ask, asker, cancel)),
    visitInRow: (asks) => visitInRow(asks, asker, cancel),
    echo: () => once('echo', () => (parts.echo === undefined ? askPlain(parts) : Promise.resolve(parts.echo))),
    page: (name = '.html') => once(`page ${name}`, () => one(askFor(name))),
    file: async (name) => {
      const seen = await one({ page: name });
      keep(`asked ${name}`, bare(seen));
      return seen;
    },
    askedFor: (name) => once(`asked ${name}`, async () => bare(await one({ page: name }))),
    seeded: () => once('seeded', () => one(seededAsk)),
    tls: (nth) => once(`tls ${nth}`, () => patiently(3, () => visitByTls(nth, { ...parts, freshId }))),
    tlsAgain: (nth, wish, by) => visitByTls(nth, { ...parts, freshId, ...(by && { by }) }, wish),
    inTunnel: (to, work) => inTunnel(parts, to, work),
    isSameJudge: () => judge.isSame(cancel),
    records: (id) => judge.records(id, cancel),
    lookups: (id) => judge.lookups(id, cancel),
    recordsOfAll: (ids) => judge.recordsOfAll(ids, cancel),
  };
};

/** A visit without the bytes that came back, and those that should have. */
const bare = ({ reply: _reply, expected, ...visit }: Visit): Visit => ({
  ...visit,
  expected: { ...expected, content: { kind: 'visit' } },
});

/** What may be lost on the way of packets, and not because of a proxy. */
const losses: readonly string[] = ['answer-timeout', 'answer-missing', 'hop-timeout', 'hop-closed', 'hop-reset'];

/** Whether nothing came, so that asking again may help. */
export const isLost = ({ failure }: { readonly failure?: Failure }): boolean => losses.includes(failure?.code ?? '');

/** Asks again where nothing came, so many times in all. */
const patiently = async <Seen extends { readonly failure?: Failure }>(
  times: number,
  ask: () => Promise<Seen>,
): Promise<Seen> => {
  let seen = await ask();
  for (let more = 1; more < times && isLost(seen); more += 1) seen = await ask();
  return seen;
};

const inTunnel = async <Result>(
  { subject, within, signal }: StandParts,
  to: Endpoint,
  work: (stream: Duplex, cancel: Cancel) => Promise<Result>,
): Promise<Result> => {
  const limit = deadline(within, () => fail('answer-timeout'), { signal });
  let stream: Duplex | undefined;
  try {
    stream = await openTunnel(subject, to, limit);
    return await work(stream, limit);
  } catch (thrown) {
    throw signal.aborted ? reasonOf({ signal }) : thrown;
  } finally {
    limit.done();
    stream?.destroy();
  }
};

/** Asks for a record over TLS. What fails on the way is told, and not thrown. */
const visitByTls = async (
  nth: number,
  parts: StandParts & { readonly freshId: () => string; readonly by?: Host },
  other: Partial<TlsWish> = {},
): Promise<TlsVisit> => {
  const { judge, random } = parts;
  const id = parts.freshId();
  const port = judge.tls[nth];
  if (port === undefined) return { id, failure: { code: 'judge-unreachable', note: 'it has no such TLS port' } };
  const to = parts.by === undefined ? port.at : { ...port.at, host: parts.by };
  const name = parts.by === undefined ? port.name : undefined;
  let found: Omit<ShownTls, 'stream'> | undefined;
  const began = now();
  try {
    const record = await inTunnel(parts, to, async (plain, limit) => {
      const wish = { alpn: ['h2', 'http/1.1'], ...nameFor(name, to), ...other };
      const { stream, ...seen } = await probeTls(plain, wish, limit);
      found = seen;
      const path = pathOf({ id, name: '.txt' });
      const fields = browserFields(random);
      const sent = compose({ method: 'GET', path, host: to, mode: 'tunnel', fields, body: Buffer.alloc(0) });
      stream.write(sent.head);
      const reply = await readReply(stream, { method: 'GET' }, limit);
      return reply.kind === 'answer' ? findRecord(reply.body, id, judge.key) : undefined;
    });
    return { id, ...shownOf(found), ...(record === undefined ? {} : { record }) };
  } catch (thrown) {
    if (parts.signal.aborted) throw thrown;
    const took = `${Math.round(since(began, now()))} ms`;
    const { failure } = asKaskadeError(thrown);
    return { id, ...shownOf(found), failure: { note: took, ...failure } };
  }
};

const nameFor = (name: string | undefined, { host }: Endpoint) => {
  const asked = name ?? (host.kind === 'name' ? host.name : undefined);
  return asked === undefined ? {} : { name: asked };
};

const shownOf = (shown: Omit<ShownTls, 'stream'> | undefined) => (shown === undefined ? {} : { shown });
