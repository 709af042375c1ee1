/** What must not arrive: your addresses and names, and for a cascade the addresses of the hops before. */

import { type Family, familyOf, parseHost } from '../../model/address.js';
import { privateKind } from '../../model/private.js';

/** One thing that a site must not be shown. */
export interface Fact {
  readonly text: string;
  readonly kind: 'address' | 'name';
  /** Whose it is: yours, or that of a hop, counted from 1. */
  readonly of: 'you' | number;
  /** The world sees you by it, for certain. */
  readonly sure?: true;
}

/** Names that say nothing of anybody. */
const common = new Set(['localhost', 'localdomain', 'root', 'admin', 'user', 'debian', 'ubuntu', 'host', 'proxy']);

/** What is known of whoever audits. */
export interface Yourself {
  /** Addresses that the world sees you by for certain: typed in, or told by two who cannot both be wrong. */
  readonly sure: readonly string[];
  /** Others that must not arrive either. */
  readonly other: readonly string[];
  /** Names of the machine and of the user. */
  readonly names: readonly string[];
}

/** Facts about whoever audits. */
export const yourFacts = ({ sure, other, names }: Yourself): readonly Fact[] => [
  ...[...new Set(sure)].map((text): Fact => ({ text, kind: 'address', of: 'you', sure: true })),
  ...[...new Set(other)]
    .filter((text) => !sure.includes(text))
    .map((text): Fact => ({ text, kind: 'address', of: 'you' })),
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

/**
 * What is not certain of how you are seen by these families of addresses, or of both where none is named: whoever does not know it
 * cannot say that it does not arrive. Undefined where it is known.
 */
export const unknownOfYou = (facts: readonly Fact[], families: readonly Family[]): string | undefined => {
  const sure = facts.flatMap((fact) => (fact.sure === true ? (familyOf(fact.text) ?? []) : []));
  if (sure.length === 0) return 'Your public address';
  const unknown = families.find((family) => !sure.includes(family));
  return unknown === undefined ? undefined : `Your public ${unknown === 'ipv4' ? 'IPv4' : 'IPv6'} address`;
};
