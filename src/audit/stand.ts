/** Where a check stands: one mode of one proxy before one judge, and what was already asked there. */

import type { Duplex } from 'node:stream';
import type { Endpoint } from '../model/address.js';
import type { Mode } from '../model/audit.js';
import { type Millis, millis } from '../model/brand.js';
import type { Cancel } from '../net/cancel.js';
import type { JudgeLink } from './ask/judge-link.js';
import type { Subject } from './ask/subject.js';
import { type Ask, type Visit, visit, visitInRow } from './ask/visit.js';
import type { Fact } from './identity/facts.js';
import { type Search, createSearch } from './identity/search.js';
import { type TlsOtherwise, type TlsVisit, visitByTls } from './by-tls.js';
import { inTunnel } from './in-tunnel.js';
import { createMemory } from './memory.js';
import { createPatience } from './patience.js';
import { type PageName, readable } from './judge/pages.js';
import { type StandParts, askPlain, askerOf, freshId } from './plain.js';
import type { JudgeRecord } from './judge/record.js';
import type { Lookup } from './judge/zone.js';
import type { Witnesses } from './witness/witnesses.js';

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
  readonly tlsAgain: (nth: number, otherwise?: TlsOtherwise) => Promise<TlsVisit>;
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
  /** What was told of the plain question and of a page at the first look, where this is a further one. */
  readonly known?: () => Promise<ReadonlySet<string>>;
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
export const createStand = (parts: StandParts): Stand => {
  const { mode, subject, judge, within, patience = usualPatience, random, signal } = parts;
  const cancel: Cancel = { signal };
  const asker = askerOf(parts);
  let { search } = parts;
  const { once, keep } = createMemory();
  const patiently = createPatience(subject, mode, () => visit({ page: '.txt' }, asker, cancel));
  /** What comes of the asks that go over one connection. */
  const together = (): Promise<readonly Visit[]> => once('together', () => visitInRow(asksTogether, asker, cancel));
  const one = async (ask: Ask): Promise<Visit> => {
    const nth = asksTogether.indexOf(ask);
    const seen = nth === -1 ? undefined : (await together())[nth];
    if (seen !== undefined && seen.failure === undefined) return seen;
    return patiently(4, () => visit(ask, asker, cancel));
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
    ...optional(parts),
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
    tls: (nth) => once(`tls ${nth}`, () => patiently(4, () => visitByTls(nth, parts))),
    tlsAgain: (nth, otherwise) => visitByTls(nth, parts, otherwise),
    inTunnel: (to, work) => inTunnel(parts, to, work),
    isSameJudge: () => judge.isSame(cancel),
    records: (id) => judge.records(id, cancel),
    lookups: (id) => judge.lookups(id, cancel),
    recordsOfAll: (ids) => judge.recordsOfAll(ids, cancel),
  };
};

const optional = ({ witnesses, known }: StandParts): Pick<Stand, 'witnesses' | 'known'> => ({
  ...(witnesses === undefined ? {} : { witnesses }),
  ...(known === undefined ? {} : { known }),
});

/** A visit without the bytes that came back, and those that should have. */
const bare = ({ reply: _reply, expected, ...visit }: Visit): Visit => ({
  ...visit,
  expected: { ...expected, content: { kind: 'visit' } },
});
