/** Lists from the web: fetched by the way that their source has, judged before they are taken, and noted with the source either way. */

import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type { Endpoint } from '../model/address.js';
import { type Millis, millis } from '../model/brand.js';
import type { ImportReport, Stamp } from '../model/book.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import { explain } from '../model/failure.js';
import { privateKind } from '../model/private.js';
import type { Check } from '../book/merge.js';
import { nextFetch } from '../book/fetch/due.js';
import { type FetchLimits, type ListAnswer, fetchList, parseListUrl, usualLimits } from '../book/fetch/fetch.js';
import { type Road, endpointOf, streamRoad } from '../book/fetch/road.js';
import { type Way, parseWay, printWay } from '../book/fetch/way.js';
import type { Fetched, KnownSource } from '../book/sources.js';
import type { Book } from '../book/store.js';
import type { Cancel } from '../net/cancel.js';
import { type Resolve, connectDirect, resolveBySystem } from '../net/direct.js';
import type { ImportOptions, UrlInput } from './controller.js';
import { type Opened, nameFor, refuseSmall } from './book-lists.js';

/** The ways out of this program, as far as the engine knows them. */
export interface Outlets {
  /** A stream to a target through a cascade, the one in use where none is named. */
  readonly throughCascade: (target: Endpoint, name: string | undefined, cancel: Cancel) => Promise<Duplex>;
  /** Whether the user has said that lists may be fetched directly. */
  readonly mayGoDirect: () => boolean;
  readonly allowDirect: () => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly resolve?: Resolve;
  readonly limits?: Partial<FetchLimits>;
}

/** What fetching works with. */
export interface UrlParts {
  readonly book: Book;
  readonly outlets: Outlets;
  readonly now: () => Stamp;
  readonly random: () => number;
  /** Opens what came as a list. */
  readonly open: (answer: Pick<ListAnswer, 'chunks' | 'endless'>, source: Opened['source']) => Promise<Opened>;
}

/** Takes a list from a URL into the book. Rejects as a fetch does, or with `list-not-a-list`, `list-shrunk`, `consent-needed`. */
export const importUrl = async (
  input: UrlInput,
  parts: UrlParts,
  options: Pick<ImportOptions, 'name' | 'signal' | 'shrunk'>,
  take: (opened: Opened, check: Check) => Promise<ImportReport>,
): Promise<ImportReport> => {
  const wanted = wantedOf(input, parts, options.name);
  const { before, name } = wanted;
  const every = input.every ?? before?.every;
  try {
    const came = await fetchWanted(wanted, parts, options.signal);
    if (came.kind === 'unchanged') {
      note(parts, name, { every, failures: 0, ...versionOf(before), fetched: parts.now() });
      return nothingNew(name, before?.format ?? '');
    }
    const report = await take(came.opened, (staged) => {
      refuseSmall(staged, options.shrunk === true ? undefined : before);
    });
    note(parts, name, { every, failures: 0, ...came.version });
    return report;
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    if (before !== undefined && !calledOff.has(error.code))
      note(parts, name, { every, ...versionOf(before), ...troubleOf(error, before) });
    throw error;
  }
};

const calledOff: ReadonlySet<string> = new Set(['interrupted', 'stopped']);

const troubleOf = ({ failure }: KaskadeError, { failures }: KnownSource) => ({
  trouble: explain(failure).sentence,
  failures: failures + 1,
});

/** Opens a list on the web, to be looked at only. */
export const openUrl = async (
  input: UrlInput,
  parts: UrlParts,
  options: Pick<ImportOptions, 'name' | 'signal'>,
): Promise<Opened> => {
  const came = await fetchWanted({ ...wantedOf(input, parts, options.name), fresh: true }, parts, options.signal);
  if (came.kind === 'unchanged') throw fail('list-refused', { note: 'its host says only that it has not changed' });
  return came.opened;
};

interface WantedList {
  readonly url: URL;
  readonly way: Way;
  readonly name: string;
  /** The source of that name, where it came from the same URL. */
  readonly before?: KnownSource;
  /** What was there the last time says nothing. */
  readonly fresh?: true;
}

const wantedOf = (input: UrlInput, { book, outlets }: UrlParts, given: string | undefined): WantedList => {
  const url = parseListUrl(input.url);
  const known = book.sources.all().find(({ place, kind }) => kind === 'url' && place === url.href);
  const way = parseWay(input.way ?? known?.way ?? 'cascade');
  if (way.kind === 'direct') needConsent(outlets, input.consent);
  const place = { kind: 'url' as const, place: url.href };
  const name = given ?? nameFor(`${url.host}${url.pathname}`.slice(0, 120), place, book.sources);
  const before = book.sources.find(name);
  return { url, way, name, ...(before?.place === url.href ? { before } : {}) };
};

/** Asked for once, and remembered. */
const needConsent = ({ mayGoDirect, allowDirect }: Outlets, consent: true | undefined): void => {
  if (mayGoDirect()) return;
  if (consent !== true) throw fail('consent-needed');
  allowDirect();
};

const fetchWanted = async (
  { url, way, name, before, fresh }: WantedList,
  { outlets, open }: UrlParts,
  signal: AbortSignal | undefined,
) => {
  const cancel: Cancel = { signal: signal ?? new AbortController().signal };
  const road = await roadFor(way, url, outlets);
  // Another way is another face: what the host said to the one is not told over the other.
  const isKnown = fresh !== true && before?.way === printWay(way);
  const answer = await fetchList(
    { url, road, known: isKnown ? versionOf(before) : {}, limits: { ...usualLimits, ...outlets.limits } },
    cancel,
  );
  if (answer.kind === 'unchanged') return answer;
  const source = { name, kind: 'url' as const, place: url.href, way: printWay(way) };
  try {
    const opened = await open(answer, source);
    if (opened.list.format === 'html') throw fail('list-not-a-list', { note: 'it is a web page' });
    return { kind: 'list' as const, opened, version: answer.version };
  } catch (thrown) {
    answer.close();
    throw thrown;
  }
};

const roadFor = async (way: Way, url: URL, { throughCascade, environment, resolve }: Outlets): Promise<Road> => {
  switch (way.kind) {
    case 'cascade':
      return streamRoad((target, cancel) => throughCascade(target, way.name, cancel));
    case 'direct': {
      // Who names a private host means it; whom a public name leads there does not.
      const isPrivate = privateKind(endpointOf(url).host) !== undefined;
      const rules = { resolve: resolve ?? resolveBySystem, mayReach: isPrivate ? () => true : isPublic };
      return streamRoad((target, cancel) => connectDirect(target, rules, cancel));
    }
    case 'proxy':
    case 'environment':
    case 'pac':
      return agentFor(way, environment);
  }
};

const isPublic = (host: Endpoint['host']): boolean => privateKind(host) === undefined;

/** The packages for this are loaded when they are needed. */
const agentFor = async (
  way: Extract<Way, { readonly kind: 'proxy' | 'environment' | 'pac' }>,
  environment: Outlets['environment'],
): Promise<Road> => {
  const { proxyRoad, fromEnvironment } = await import('../book/fetch/proxies.js');
  if (way.kind === 'proxy') return proxyRoad(() => Promise.resolve(way.url));
  if (way.kind === 'environment') return proxyRoad((url) => Promise.resolve(fromEnvironment(url, environment)));
  const { askPac } = await import('../book/fetch/pac.js');
  const script = await readFile(way.path, 'utf8').catch((thrown: unknown) => {
    throw fail('file-unreadable', { note: way.path }, thrown);
  });
  return proxyRoad((url) => askPac(script, url));
};

const versionOf = (source: KnownSource | undefined): Pick<Fetched, 'etag' | 'modified'> => ({
  ...(source?.etag === undefined ? {} : { etag: source.etag }),
  ...(source?.modified === undefined ? {} : { modified: source.modified }),
});

interface Noted extends Omit<Fetched, 'every' | 'nextFetch'> {
  readonly every: Millis | undefined;
}

const note = ({ book, now, random }: UrlParts, name: string, { every, ...fetched }: Noted): void => {
  const isDue = every !== undefined && every > 0;
  const next = isDue ? nextFetch({ every, failures: fetched.failures, now: now(), random }) : undefined;
  book.sources.note(name, {
    ...fetched,
    ...(isDue ? { every: millis(every) } : {}),
    ...(next === undefined ? {} : { nextFetch: next }),
  });
};

const nothingNew = (source: string, format: string): ImportReport => ({
  ...{ source, format, read: 0, added: 0, merged: 0, dropped: 0, rejected: {}, ranges: 0, assumed: 0 },
  unchanged: true,
});
