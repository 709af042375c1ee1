/** Cascades as text and as data: positions separated by commas, alternatives by bars or a filter in braces, a way of choosing behind a tilde. */

import { type Endpoint, labelEndpoint } from './address.js';
import { type Brand, type NonEmpty, isNonEmpty } from './brand.js';
import { cutChain } from './chain-text.js';
import { asKaskadeError, fail, withDetail } from './error.js';
import { parseFilter, printFilter } from './filter-text.js';
import type { Filter } from './filter.js';
import { type Hop, labelHop, parseHop, placeOf } from './hop.js';
import { privateKind } from './private.js';
import { type CascadeRules, parseRules } from './rules.js';

/** Names a proxy; the same URL without credentials gives the same id. */
export type ProxyId = Brand<string, 'ProxyId'>;

/** Names a cascade; what a person calls it, or the chain itself where it has no name. */
export type CascadeId = Brand<string, 'CascadeId'>;

/** A known proxy, and where it is known from. */
export interface Proxy {
  readonly id: ProxyId;
  readonly hop: Hop;
  readonly source: string;
}

/** How one of several proxies at a position is chosen. */
export type Pick = 'first-up' | 'random' | 'fastest' | 'sticky';

/** A place in a cascade: one proxy, or several to choose from, or whatever proxies of the book a filter means. */
export type Position =
  | { readonly pick: Pick; readonly among: NonEmpty<Proxy>; readonly filter?: undefined }
  | { readonly pick: Pick; readonly among: readonly []; readonly filter: Filter };

/** A row of positions with a name. */
export interface Cascade {
  readonly id: CascadeId;
  readonly name: string;
  readonly positions: NonEmpty<Position>;
  /** Only where a position is a filter. */
  readonly rules?: CascadeRules;
}

/** The most hops a cascade may have. */
export const mostHops = 8;

/** Positions as somebody writes them: each item is the id of a known proxy, or a hop as text; a filter as text stands for all of them. */
export type Draft = readonly { readonly pick: Pick; readonly among: readonly string[]; readonly filter?: string }[];

/** Every way of choosing. */
export const picks: NonEmpty<Pick> = ['first-up', 'random', 'fastest', 'sticky'];

/**
 * Reads a chain such as `socks5h://a:1080,http://b:3128|http://c:3128~random` or `{up}~random,{up, country!=FR};repeat=country`.
 * Throws `bad-hop`, `bad-filter` or `bad-cascade`.
 */
export const parseCascade = (name: string, chain: string): Cascade => {
  const { positions: texts, repeat } = cutChain(chain);
  if (texts.length > mostHops) throw fail('bad-cascade', { note: `${texts.length} hops; ${mostHops} is the most` });
  const positions = texts.map((text, index) => withPlace(index + 1, () => parsePosition(text, name)));
  if (!isNonEmpty(positions)) throw fail('bad-cascade', { note: 'no hop' });
  refuseRepeats(positions);
  if (repeat === undefined) return { id: name as CascadeId, name, positions };
  if (!drawsFromBook({ positions })) throw fail('bad-cascade', { note: 'repeat= is for filters of the book' });
  return { id: name as CascadeId, name, positions, rules: parseRules(repeat) };
};

/** A name for a cascade: letters, digits, dot, hyphen, underscore; 1 to 64 characters; not `__proto__`, which no object stores. Throws `bad-cascade`. */
export const parseCascadeName = (text: string): string => {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(text) || text === '__proto__') {
    // Not repeated: somebody who mixed up name and chain has written credentials here.
    throw fail('bad-cascade', { note: 'a name has letters, digits, dots, hyphens and underscores, 64 at most' });
  }
  return text;
};

/** Throws `bad-cascade` when a hop is one of the program's own listeners. */
export const refuseListeners = (cascade: Cascade, listeners: readonly Endpoint[]): void => {
  const own = new Set(listeners.map((endpoint) => endpoint.port));
  for (const { hop } of everyProxy(cascade)) {
    if (own.has(hop.endpoint.port) && isThisMachine(hop.endpoint)) {
      throw fail('bad-cascade', { note: `${labelEndpoint(hop.endpoint)} is the own listener` });
    }
  }
};

/** Whether an endpoint is written as this machine: loopback or unspecified, by address or as localhost. */
export const isThisMachine = ({ host }: Endpoint): boolean => {
  const kind = privateKind(host);
  if (host.kind === 'name') return /^(?:.*\.)?localhost\.?$/i.test(host.name);
  return kind === 'loopback' || kind === 'unspecified';
};

/** Whether a position is a filter, so that routes are drawn from the book, under rules. */
export const drawsFromBook = ({ positions }: { readonly positions: readonly Position[] }): boolean =>
  positions.some(({ filter }) => filter !== undefined);

/** What a person should know before using a cascade, a sentence each. What the book gives is public. */
export const warningsOf = (cascade: Cascade): readonly string[] => {
  const hops = cascade.positions.map(({ among }) => among[0]?.hop);
  const isPrivate = (hop: Hop | undefined) => hop !== undefined && privateKind(hop.endpoint.host) !== undefined;
  const firstPublic = hops.findIndex((hop) => !isPrivate(hop));
  const inside = hops.findIndex((hop, at) => firstPublic !== -1 && at > firstPublic && isPrivate(hop));
  const unverified = hops.flatMap((hop, at) => (hop?.trust?.by === 'nobody' ? [at + 1] : []));
  return [
    ...(cascade.positions.length === 1 ? ['One hop sees both who you are and where you go.'] : []),
    ...(inside === -1
      ? []
      : [`Hop ${inside + 1} has a private address behind a public hop: it will be looked for over there.`]),
    ...unverified.map(
      (hop) => `Hop ${hop} is accepted with any certificate (verify=no): anybody in between can read along.`,
    ),
  ];
};

/** Every proxy of a cascade, position by position. */
export const everyProxy = (cascade: Cascade): readonly Proxy[] => cascade.positions.flatMap(({ among }) => among);

/** The cascade in one line for people, without credentials: `a:1080 > b:3128|c:3128`. */
export const labelCascade = (cascade: Cascade): string => cascade.positions.map(labelPosition).join(' > ');

/** One position of it: `b:3128 | c:3128`, or the filter in braces. */
export const labelPosition = ({ among, filter }: Position): string =>
  filter === undefined ? among.map(({ hop }) => labelHop(hop)).join(' | ') : `{${printFilter(filter)}}`;

/** A proxy as it stands in the book or in a chain. */
export const asProxy = (hop: Hop, source: string): Proxy => ({ id: labelHop(hop) as ProxyId, hop, source });

/** Says in a failure which hop it is about. */
const withPlace = <Result>(number: number, parse: () => Result): Result => {
  try {
    return parse();
  } catch (thrown) {
    const error = asKaskadeError(thrown);
    throw withDetail(error, { note: `hop ${number}: ${error.failure.note ?? ''}` });
  }
};

const parsePosition = (text: string, source: string): Position => {
  const tilde = /~([a-z-]+)$/.exec(text);
  const pick = tilde === null ? 'first-up' : picks.find((known) => known === tilde[1]);
  if (pick === undefined) throw fail('bad-cascade', { note: `behind ~ stands one of ${picks.join(', ')}` });
  const chain = tilde === null ? text : text.slice(0, tilde.index).trim();
  if (chain.startsWith('{')) return { pick, among: [], filter: parseFilter(bracedText(chain)) };
  if (/\|\s*\{[^@]*\}$/.test(chain))
    throw fail('bad-cascade', {
      note: 'a filter stands alone, and proxies that are named beside it need a tag to be in it',
    });
  const urls = chain.split('|').map((url) => url.trim());
  if (urls.includes(''))
    throw fail('bad-cascade', { note: 'nothing stands there; one comma parts two hops, and one bar two proxies' });
  const among = urls.map((url) => asProxy(parseHop(url), source));
  if (!isNonEmpty(among)) throw fail('bad-cascade', { note: 'an empty position' });
  return { pick, among };
};

const bracedText = (text: string): string => {
  if (/^\{(?:[^"{}]|"(?:[^"\\]|\\[^])*")*\}\s*\|/u.test(text))
    throw fail('bad-cascade', {
      note: 'a filter stands alone; what else may be there is said in it, as in {up | tag=mine}',
    });
  if (text.endsWith('}')) return text.slice(1, -1);
  throw fail('bad-cascade', { note: `behind a filter stands nothing but one of ~${picks.join(', ~')}` });
};

const refuseRepeats = (positions: readonly Position[]): void => {
  const seen = new Set<string>();
  for (const { hop } of positions.flatMap(({ among }) => among)) {
    const place = placeOf(hop);
    if (seen.has(place)) throw fail('bad-cascade', { note: `${labelEndpoint(hop.endpoint)} is in it twice` });
    seen.add(place);
  }
};
