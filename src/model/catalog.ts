/** What the line asks of the book: which proxies a filter means, and what is known of them that decides who may stand beside whom. */

import type { Endpoint } from './address.js';
import type { BookEntry } from './book.js';
import type { Proxy, ProxyId } from './cascade.js';
import type { Filter } from './filter.js';
import type { Hop } from './hop.js';

/** A proxy of the book as routes look at it. */
export interface Candidate
  extends Pick<
    BookEntry,
    | 'shelf'
    | 'entry'
    | 'exits'
    | 'family'
    | 'tunnel'
    | 'forward'
    | 'trials'
    | 'latency'
    | 'refuses'
    | 'cannot'
    | 'keeps'
    | 'spareLife'
  > {
  /** With its credentials. */
  readonly proxy: Proxy;
  /** A block list names where it goes in or comes out. */
  readonly blocked: boolean;
}

/** Where a first hop is, and what it speaks, where it is a proxy. */
export interface First extends Endpoint {
  readonly scheme?: Hop['scheme'];
}

/** A part of what a filter means, that stands for all of it. */
export interface Sample {
  readonly some: readonly Candidate[];
  /** How many there are. */
  readonly all: number;
}

/** The book as routes are drawn from it. Nothing here waits; all of it, the reading of candidates too, throws `book-…` where the book cannot be read, and then there is no route. */
export interface Catalog {
  /** Another number after every change that may change an answer, such as a proxy put into quarantine. */
  readonly version: () => number;
  /** Everything that a filter means and that is released and not blocked, in any order; read piece by piece as it is asked for. */
  readonly candidates: (filter: Filter) => Iterable<Candidate>;
  /** Whether a filter means a proxy that may be in a route, as the book is just now. */
  readonly means: (filter: Filter, id: ProxyId) => boolean;
  /** What a filter means, whether it may pass or not, and of many so many, evenly chosen; only asked for when no route was found. */
  readonly sample: (filter: Filter, most: number) => Sample;
  /**
   * What the book knows of one proxy, wherever it stands and however its place is spelled. Where it does not know it, it is what it knows
   * of another at the same place that may be in no route: nobody gets around a quarantine by another spelling, login or scheme.
   */
  readonly entry: (id: ProxyId) => Candidate | undefined;
  /** Whether who is at a place may be in no route; asked of what the name of a first hop has led to. */
  readonly isBarred: (first: First) => boolean;
}

/** Why a proxy is in no route, whoever names it; undefined where it may be. */
export type Bar = 'quarantine' | 'archived' | 'blocked' | 'hostile';

/** Whether a proxy of the book may be in a route at all. */
export const barOf = ({ shelf, blocked, tunnel, forward }: Candidate): Bar | undefined => {
  if (shelf !== 'released') return shelf;
  if (blocked) return 'blocked';
  return tunnel?.grade === 'hostile' || forward?.grade === 'hostile' ? 'hostile' : undefined;
};

/** Whether a proxy may be in a route: the book knows of nothing against it, or does not know it at all. */
export const mayPass = (entry: Candidate | undefined): boolean => entry === undefined || barOf(entry) === undefined;

/** So many of all, evenly chosen. */
export const evenly = <Each>(items: readonly Each[], most: number): readonly Each[] => {
  const step = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(items.length, most) }, (_, nth) => items[Math.floor(nth * step)]).flatMap(
    (item) => (item === undefined ? [] : [item]),
  );
};
