/** What must not arrive at a site: addresses and names of this machine, and how the world sees it. */

import { hostname, networkInterfaces, userInfo } from 'node:os';
import { type Family, familyOf, hostText } from '../model/address.js';
import type { JudgeLink } from '../audit/ask/judge-link.js';
import { type Fact, yourFacts } from '../audit/identity/facts.js';
import type { Told } from './audit-witnesses.js';

/** What an audit knows of the user. */
export interface Own {
  readonly facts: readonly Fact[];
  /** Addresses that one judge or page alone has seen, one of each family that nothing is certain of: they are looked for, but that they do not arrive cannot be said. */
  readonly doubtful: readonly string[];
}

/** What is known by the settings, the interfaces, judges and pages of others. Two must agree, for each family of addresses, on how the world sees this machine. */
export const ownFacts = (typed: readonly string[], judges: readonly JudgeLink[], told: readonly Told[] = []): Own => {
  const interfaces = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .map(({ address }) => address.replace(/%.*$/, ''));
  const all: readonly Told[] = [
    ...judges.flatMap(({ you, key }) => you.map((address) => ({ address, source: key.text }))),
    ...told,
  ];
  const seen = all.map(({ address }) => address);
  const sources = (wanted: string): number =>
    new Set(all.flatMap(({ address, source }) => (address === wanted ? (source ?? []) : []))).size;
  const sure = [...typed, ...seen.filter((address) => interfaces.includes(address) || sources(address) > 1)];
  // An address that every machine has says nothing of this one, unless a judge sees it.
  const special = interfaces.filter((address) => !/^(?:127\.|::1$)/.test(address));
  const facts = yourFacts({ sure, other: [...seen, ...special], names: namesOf() });
  const known = sure.map(familyOf);
  const doubtful = families.flatMap((family) =>
    known.includes(family) ? [] : (seen.find((address) => familyOf(address) === family) ?? []),
  );
  return { facts, doubtful };
};

const families: readonly Family[] = ['ipv4', 'ipv6'];

const namesOf = (): readonly string[] => {
  try {
    return [hostname(), userInfo().username];
  } catch {
    // Some systems have users without a name.
    return [hostname()];
  }
};

/** Whether a fact about the user is also the address of the judge: a judge at home is told from its own name only. */
export const withoutJudges = (facts: readonly Fact[], judges: readonly JudgeLink[]): readonly Fact[] => {
  const hosts = new Set(judges.flatMap(({ main, others }) => [main, ...others]).map(({ host }) => hostText(host)));
  return facts.filter(({ text, sure }) => sure === true || !hosts.has(text));
};
