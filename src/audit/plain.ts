/** The plain question, which is all that is ever asked of most proxies: over which way, and with what in it. */

import type { Mode } from '../model/audit.js';
import type { Millis } from '../model/brand.js';
import { fail } from '../model/error.js';
import type { Cancel } from '../net/cancel.js';
import type { JudgeLink } from './ask/judge-link.js';
import type { Knocked } from './ask/knock.js';
import { browserFields, toolFields } from './ask/request.js';
import { type Subject, authorizationOf, openTunnel, through } from './ask/subject.js';
import { type Ask, type Asker, type Visit, visit } from './ask/visit.js';
import type { Fact } from './identity/facts.js';
import type { Search } from './identity/search.js';
import { randomHex } from './random.js';
import { isGivenUp } from './patience.js';
import type { Witnesses } from './witness/witnesses.js';

/** What a stand is made of. */
export interface StandParts extends Cancel {
  readonly mode: Mode;
  readonly subject: Subject;
  readonly judge: JudgeLink;
  readonly facts: readonly Fact[];
  readonly within: Millis;
  /** Forty seconds where it is missing. */
  readonly patience?: Millis | undefined;
  readonly random: () => string;
  /** A search for the facts that others share; made when it is needed where it is missing. */
  readonly search?: Search | undefined;
  /** Pages of others that are asked beside. */
  readonly witnesses?: Witnesses | undefined;
  /** What came of the plain question already. */
  readonly echo?: Visit;
  /** What was told of the plain question and of a page at the first look, where this is a further one. */
  readonly known?: () => Promise<ReadonlySet<string>>;
}

/** How the plain question is asked. */
export interface Plain {
  /** In tunnel mode its first words may have been said already. */
  readonly knocked?: Knocked | undefined;
  /** As a tool asks, in few bytes: for who only wants to know whether it is answered. */
  readonly short?: boolean;
}

/** The plain question: all that is ever asked of most. */
export const askPlain = (parts: StandParts, { knocked, short = false }: Plain = {}): Promise<Visit> => {
  const ask: Ask = short ? { page: '.txt', fields: toolFields } : { page: '.txt' };
  const asker = askerOf(parts);
  const cancel = { signal: parts.signal };
  if (knocked === undefined) return visit(ask, asker, cancel);
  const open: Asker['open'] = (onward, limit) =>
    'error' in knocked
      ? Promise.reject(knocked.error)
      : through(knocked.stream, parts.subject, { onward, asked: true }, limit);
  return visit(ask, { ...asker, open, since: knocked.since }, cancel);
};

/** How questions are put in a mode. Where there is no proxy, a request in its words goes to the site itself. */
export const askerOf = ({ mode, subject, judge, within, random }: StandParts): Asker => {
  const isHanded = mode === 'forward' && subject.passes === undefined;
  return {
    mode: isHanded || mode === 'tunnel' ? mode : 'forward-direct',
    host: judge.main,
    key: judge.key,
    within,
    freshId,
    open: (host, limit) => {
      if (isGivenUp(subject, mode)) return Promise.reject(fail('answer-timeout'));
      return isHanded ? subject.reach(limit) : openTunnel(subject, host, limit);
    },
    authorization: isHanded ? authorizationOf(subject) : undefined,
    fields: () => browserFields(random),
    heed: subject.heed,
  };
};

/** An id that nobody has used before. */
export const freshId = (): string => randomHex(16);
