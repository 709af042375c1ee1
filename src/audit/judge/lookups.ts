/** What a judge remembers of lookups, for a while: who asked for the name of which question. */

import type { Answering } from '../../net/datagram-port.js';
import { type Lookup, type Zone, answerQuery } from './zone.js';

/** A memory of lookups that forgets. */
export interface Lookups {
  readonly add: (id: string, lookup: Lookup) => void;
  readonly all: (id: string) => readonly Lookup[];
}

const mostIds = 50_000;
const mostEach = 16;

/** A memory whose entries go after `ttl` milliseconds. */
export const createLookups = (ttl: number, clock: () => number): Lookups => {
  const kept = new Map<string, readonly Lookup[]>();
  const forgetOld = (): void => {
    for (const [id, [first]] of kept) {
      if (first !== undefined && clock() - first.at <= ttl && kept.size <= mostIds) return;
      kept.delete(id);
    }
  };
  return {
    add: (id, lookup) => {
      const known = kept.get(id) ?? [];
      if (known.length < mostEach) kept.set(id, [...known, lookup]);
      forgetOld();
    },
    all: (id) => {
      forgetOld();
      return kept.get(id) ?? [];
    },
  };
};

/** What answering needs. */
export interface Naming {
  readonly lookups: Lookups;
  readonly isWithin: (source: string) => boolean;
  readonly clock: () => number;
}

/** Answers for a zone, and remembers who asked. Who asks too much gets nothing, so that nobody can have the judge send to somebody else. */
export const answering =
  (zone: Zone, { lookups, isWithin, clock }: Naming): Answering =>
  (query, from) => {
    const answered = isWithin(from) ? answerQuery(query, zone) : undefined;
    if (answered?.lookup !== undefined) {
      const { id, ...lookup } = answered.lookup;
      lookups.add(id, { at: clock(), resolver: from, ...lookup });
    }
    return answered?.bytes;
  };
