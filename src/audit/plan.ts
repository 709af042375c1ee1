/** What an audit is asked for, and what it may use. */

import type { Finding, Mode, Tier } from '../model/audit.js';
import type { Stamp } from '../model/book.js';
import type { Millis } from '../model/brand.js';
import type { Cancel } from '../net/cancel.js';
import type { JudgeLink } from './ask/judge-link.js';
import type { Knocked } from './ask/knock.js';
import type { Visit } from './ask/visit.js';
import type { Past } from './grade.js';
import type { Fact } from './identity/facts.js';
import type { Search } from './identity/search.js';
import type { Witnesses } from './witness/witnesses.js';

/** How proxies are audited. */
export interface AuditPlan {
  readonly tier: Tier;
  /** At least one; further ones are asked when an accusation is looked at again. */
  readonly judges: readonly [JudgeLink, ...JudgeLink[]];
  /** What is yours. */
  readonly facts: readonly Fact[];
  /** A search for them, made once for many proxies. */
  readonly search?: Search;
  /** Pages of others that are asked beside. */
  readonly witnesses?: Witnesses;
  /** How long one question may take. */
  readonly within: Millis;
  /** How long the longest look waits for who comes later; forty seconds where it is missing. */
  readonly patience?: Millis;
  readonly random: () => string;
  readonly clock: () => Stamp;
  readonly past?: (mode: Mode) => Past;
  /** What fails on the own line without a proxy, in the words of each mode; it was not looked at where this is missing. */
  readonly ownLine?: readonly Finding[];
  /** The mode that is looked at first: of a proxy that says nothing to one question the other one is asked. */
  readonly first?: Mode;
  /** Of a proxy that says nothing, or hangs up, it is found out in a pulse too whether it speaks otherwise than it was said to. */
  readonly anyScheme?: true;
  /** What the plain question has brought in each mode that works: kept from a first look for a second one. */
  readonly echoes?: Map<Mode, Visit> | undefined;
  /** It was asked for a tunnel already, in tunnel mode. */
  readonly knocked?: Knocked | undefined;
  readonly onFinding?: (finding: Finding) => void;
}

/** A plan under way. */
export interface Given {
  readonly plan: AuditPlan;
  readonly cancel: Cancel;
}
