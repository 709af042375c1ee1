/** Proxies of a book, made up for tests. */

import * as fc from 'fast-check';
import type { Millis } from '../../src/model/brand.js';
import { type BookEntry, type Place, type Stamp, grades } from '../../src/model/book.js';
import { type ProxyId } from '../../src/model/cascade.js';
import { labelHop, parseHop } from '../../src/model/hop.js';

/** The moment that tests call now. */
export const today = 1_800_000_000_000 as Stamp;

/** A proxy of the book: released, up, audited as exact, unless said otherwise. */
export const entryOf = (url: string, more: Partial<BookEntry> = {}): BookEntry => {
  const hop = parseHop(url);
  return {
    id: labelHop(hop) as ProxyId,
    hop,
    ...{ login: false, assumed: false, shelf: 'released', isNew: false, pulse: 'up', week: '' },
    ...{ added: today, named: today, sources: [], tags: [], exits: [], opens: [], refuses: [] },
    tunnel: { grade: 'exact', at: today, judges: 2 },
    trials: { good: 10, all: 10, floor: 0.72 },
    ...more,
  };
};

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const places: fc.Arbitrary<Place> = fc
  .record({
    address: fc.constantFrom('81.2.0.1', '81.2.9.9', '93.4.0.1', '2a01:4f8::1'),
    country: optional(fc.constantFrom('FR', 'DE', 'US')),
    network: optional(fc.constantFrom(3215, 24940, 7018)),
  })
  .map(({ address, country, network }) => ({
    address,
    ...(country === undefined ? {} : { country }),
    ...(network === undefined ? {} : { network }),
  }));

/** Any proxy that a book may hold, from few values, so that tests of filters are often passed. */
export const entries: fc.Arbitrary<BookEntry> = fc
  .record({
    url: fc.constantFrom(
      'http://81.2.0.1:3128',
      'socks5h://81.2.9.9:1080',
      'https://proxy.example',
      'socks4a://93.4.0.1',
    ),
    login: fc.boolean(),
    shelf: fc.constantFrom('quarantine' as const, 'released' as const, 'archived' as const),
    isNew: fc.boolean(),
    pulse: fc.constantFrom('unknown' as const, 'up' as const, 'suspect' as const, 'dead' as const),
    added: fc.constantFrom(0, 1, 1_800_000, 7_200_000, 259_200_000).map((before) => (today - before) as Stamp),
    sources: fc.subarray(['mine', 'a list', 'UP']),
    tags: fc.subarray(['up', 'fast', 'é"\\']),
    entry: optional(places),
    exits: fc.array(places, { maxLength: 2 }),
    tunnel: optional(fc.constantFrom(...grades)),
    forward: optional(fc.constantFrom(...grades)),
    good: fc.integer({ min: 0, max: 6 }),
    latency: optional(fc.constantFrom(100 as Millis, 1_000 as Millis, 'beyond' as const)),
    family: optional(fc.constantFrom('f1', 'f2')),
  })
  .map(({ url, entry, tunnel, forward, latency, family, good, ...rest }) =>
    withoutUndefined({
      ...{ ...entryOf(url), ...rest, entry, latency, family },
      trials: { good, all: 6 * Math.sign(good), floor: good / 6 },
      tunnel: tunnel && { grade: tunnel, at: today, judges: 1 },
      forward: forward && { grade: forward, at: today, judges: 1 },
    }),
  );

const withoutUndefined = (entry: { readonly [Key in keyof BookEntry]: BookEntry[Key] | undefined }): BookEntry =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as unknown as BookEntry;
