/** What the book knows of proxies and says of lists: plain data for queries, pages, exports and choices. */

import type { Brand } from './brand.js';
import type { Bound } from './bound.js';
import type { ProxyId } from './cascade.js';
import type { Behind } from './early.js';
import type { Hop } from './hop.js';
import type { SpareLife } from './spare.js';

/** A moment of the calendar: milliseconds since 1970-01-01 UTC. */
export type Stamp = Brand<number, 'Stamp'>;

/**
 * What an audit made of a proxy, worst first. `exact` is the best of tunnel mode: TLS goes through byte by byte. `elite` is the best of
 * forward mode, after three runs over a day; until then a proxy that shows nothing is `clean`. Never tested is no grade at all.
 */
export const grades = [
  ...(['hostile', 'transparent', 'partial', 'distorting', 'anonymous', 'stealth', 'clean', 'exact', 'elite'] as const),
] as const;
export type Grade = (typeof grades)[number];

/** A grade with its date and the number of judges that saw it. */
export interface Graded {
  readonly grade: Grade;
  readonly at: Stamp;
  readonly judges: number;
}

/** Where a proxy of the book stands: no traffic before it is released; archived after ten days without a sign of life. */
export type Shelf = 'quarantine' | 'released' | 'archived';

/** A public address, and where it is, as far as a table on this machine tells. */
export interface Place {
  readonly address: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country?: string;
  /** The number and name of the autonomous system. */
  readonly network?: number;
  readonly networkName?: string;
}

/** Tries over time: "12 of 14 in 3 days". */
export interface Trials {
  readonly good: number;
  readonly all: number;
  /** The first of the tries that are counted. */
  readonly from?: Stamp;
  /** The lower bound of the 95 % Wilson interval of good tries; 0 while fewer than 3 are known. */
  readonly floor: number;
}

/** How a proxy of the book answered lately: unknown before the first try, dead after three spaced failures. */
export type Pulse = 'unknown' | 'up' | 'suspect' | 'dead';

/** One proxy of the book. */
export interface BookEntry {
  readonly id: ProxyId;
  /** Never with credentials; `login` says whether some are kept. */
  readonly hop: Hop;
  readonly login: boolean;
  /** The list did not say which protocol it speaks. */
  readonly assumed: boolean;
  readonly shelf: Shelf;
  /** Nobody has looked at it yet. */
  readonly isNew: boolean;
  readonly added: Stamp;
  /** When a source named it last. */
  readonly named: Stamp;
  /** Names of the sources that have it. */
  readonly sources: readonly string[];
  readonly tags: readonly string[];
  readonly entry?: Place;
  readonly exits: readonly Place[];
  /** By mode; missing where that mode was never tested. */
  readonly tunnel?: Graded;
  readonly forward?: Graded;
  readonly pulse: Pulse;
  readonly trials: Trials;
  /** The median of the first byte or of the exchange. */
  readonly latency?: Bound;
  /** The last 7 × 24 hours as in HopHealth. */
  readonly week: string;
  /** Proxies that are one with it, as far as can be told: a shared exit, a shared /24, a shared TLS key. */
  readonly family?: string;
  /** SHA-256 of the SPKI that an https proxy shows, base64. */
  readonly spki?: string;
  /** Ports that it is known to open, and to refuse. */
  readonly opens: readonly number[];
  readonly refuses: readonly number[];
  /** What it is known not to go on to, whatever the port: names (SOCKS4 without 4a), or IPv6 addresses. */
  readonly cannot?: readonly ('names' | 'ipv6')[];
  /** What it keeps of bytes that come before it has answered: those behind its greeting, or behind its request. */
  readonly keeps?: readonly Behind[];
  /** It says yes before it has reached the target. */
  readonly saysYes?: boolean;
  /** How long it bore a connection on which nothing was said. */
  readonly spareLife?: SpareLife;
}

/** The worst grade of a proxy counts for so many milliseconds, whatever later audits make of it. */
export const worstCounts = 7 * 86_400_000;

/** Why a line of a list was not taken; `rejections` in book/format/reasons.ts has a sentence for each. */
export type Rejection =
  | 'not-a-proxy'
  | 'no-port'
  | 'bad-port'
  | 'bad-host'
  | 'bad-octets'
  | 'number-as-host'
  | 'single-label'
  | 'range'
  | 'zone'
  | 'mixed-script'
  | 'hidden-characters'
  | 'obfuscated'
  | 'foreign-scheme'
  | 'unknown-scheme'
  | 'bad-login'
  | 'ambiguous'
  | 'reserved'
  | 'own-address'
  | 'blocked'
  | 'trailing-text'
  | 'too-long'
  | 'broken-record'
  | 'no-address'
  | 'direct'
  | 'too-deep'
  | 'too-many';

/** What a list says of a proxy beside its place: hearsay, kept with its source and never taken for a grade. */
export interface Hearsay {
  readonly country?: string;
  readonly anonymity?: string;
  readonly exit?: string;
}

/** One line or record of a list, read. `line` is counted from 1 in the text as it came. */
export type Reading =
  | {
      readonly kind: 'proxy';
      readonly line: number;
      readonly hop: Hop;
      readonly assumed: boolean;
      readonly hearsay?: Hearsay;
    }
  | { readonly kind: 'range'; readonly line: number; readonly range: string }
  /** `text` is clean, at most 120 characters, and has no credentials in it. */
  | { readonly kind: 'rejected'; readonly line: number; readonly why: Rejection; readonly text: string };

/** Everything about one proxy. */
export interface EntryDetail {
  readonly entry: BookEntry;
  readonly sources: readonly {
    readonly name: string;
    readonly first: Stamp;
    readonly last: Stamp;
    readonly hearsay?: Hearsay;
  }[];
  readonly audits: readonly { readonly at: Stamp; readonly mode: 'tunnel' | 'forward'; readonly grade: Grade }[];
  /** Proxies of the same family. */
  readonly family: readonly ProxyId[];
}

/** What came of an import. */
export interface ImportReport {
  readonly source: string;
  readonly format: string;
  /** Lines or records that held something. */
  readonly read: number;
  readonly added: number;
  /** Known already: the source was added to the proxy, or the line was a repeat. */
  readonly merged: number;
  /** Named by the source the last time, and not any more. */
  readonly dropped: number;
  readonly rejected: Readonly<Partial<Record<Rejection, number>>>;
  readonly ranges: number;
  /** Schemes that were assumed, and how many proxies have them. */
  readonly assumed: number;
  /** Its host says that the list is still the one of the last time: nothing was read. */
  readonly unchanged?: true;
}

/** How a query sorts; `rank` is grade, then availability, then latency. */
export type SortKey =
  | 'rank'
  | 'address'
  | 'scheme'
  | 'country'
  | 'grade'
  | 'availability'
  | 'latency'
  | 'exit'
  | 'sources'
  | 'age';

/** A page of the book. */
export interface BookQuery {
  /** Text in the filter language of model/filter.ts; empty is everything that is not archived. */
  readonly filter: string;
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}
