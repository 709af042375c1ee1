/** What must not arrive: your addresses and names, and for a cascade the addresses of the hops before. */

import { parseHost } from '../../model/address.js';
import { privateKind } from '../../model/private.js';

/** One thing that a site must not be shown. */
export interface Fact {
  readonly text: string;
  readonly kind: 'address' | 'name';
  /** Whose it is: yours, or that of a hop, counted from 1. */
  readonly of: 'you' | number;
}

/** Names that say nothing of anybody. */
const common = new Set(['localhost', 'localdomain', 'root', 'admin', 'user', 'debian', 'ubuntu', 'host', 'proxy']);

/** Facts about whoever audits: addresses as they are written, and names of the machine and of the user. */
export const yourFacts = (addresses: readonly string[], names: readonly string[]): readonly Fact[] => [
  ...[...new Set(addresses)].map((text): Fact => ({ text, kind: 'address', of: 'you' })),
  ...[...new Set(names.map((name) => name.toLowerCase()))]
    .filter((name) => name.length >= 4 && !common.has(name))
    .map((text): Fact => ({ text, kind: 'name', of: 'you' })),
];

/** Whether an address could be that of a user here: public, or special in the way that a known one is. */
export const isLikeYours = (address: string, facts: readonly Fact[]): boolean => {
  const kind = privateKind(parseHost(address));
  if (kind === undefined) return true;
  return facts.some(({ kind: what, text }) => what === 'address' && privateKind(parseHost(text)) === kind);
};

/** Whether your public address is known: without it nobody can say that it does not arrive. */
export const knowsYou = (facts: readonly Fact[]): boolean =>
  facts.some(({ kind, of, text }) => {
    const special = kind === 'address' ? privateKind(parseHost(text)) : 'a name';
    return of === 'you' && (special === undefined || special === 'loopback');
  });
