/** What an audit says of a proxy: plain data for reports, the book and faces. */

import type { Brand, Millis } from './brand.js';
import type { Grade, Stamp } from './book.js';
import type { Failure } from './failure.js';
import type { SpareLife } from './spare.js';

/** How a proxy is used: plain requests that it forwards itself, or tunnels (CONNECT, SOCKS). They are judged apart. */
export type Mode = 'forward' | 'tunnel';

/** How much is asked: whether it lives, a first grade, everything at one sitting, what needs days. */
export type Tier = 'pulse' | 'quick' | 'full' | 'watch';

export const tiers: readonly Tier[] = ['pulse', 'quick', 'full', 'watch'];

/** Whether everything is asked that needs no waiting. */
export const isThorough = (tier: Tier): boolean => tier === 'full' || tier === 'watch';

/** What is judged: see `axes` for what each means. */
export type Axis = keyof typeof axes;

export const axes = {
  ID: 'whether your address or anything of you arrives',
  PX: 'whether it can be seen that a proxy is in use',
  RQ: 'whether your requests arrive as you sent them',
  RS: 'whether answers come back as they were given',
  TL: 'whether TLS goes through untouched',
  CA: 'whether answers are kept and given to others',
  EX: 'where it goes out',
  DN: 'how names are looked up',
  RE: 'what it can reach',
  IS: 'whether users are kept apart',
  CO: 'whether it is always the same',
  AV: 'whether it answers',
  AU: 'whether it may be used',
} as const;

/** How bad a failed check is. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** The gravest first. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** The name of a check, such as `H02`. */
export type CheckId = Brand<string, 'CheckId'>;

/** What was sent and what came, as harmless text; either may be missing. */
export interface Evidence {
  readonly what: string;
  readonly sent?: string;
  readonly arrived?: string;
}

/** The answer to one check. */
export type Answer =
  /** Nothing against it. */
  | 'pass'
  | 'fail'
  /** A fact that is neither good nor bad. */
  | 'note'
  /** It was tried, and what was seen does not say. */
  | 'inconclusive'
  | 'untested'
  | 'does-not-apply';

/** One check of one mode. */
export interface Finding {
  readonly check: CheckId;
  readonly mode: Mode;
  readonly axis: Axis;
  readonly severity: Severity;
  readonly answer: Answer;
  /** One sentence: what was seen, or why nothing was. */
  readonly sentence: string;
  /** What to do, where something is to be done. */
  readonly remedy?: string;
  /** The best grade that this finding leaves. */
  readonly caps?: Grade;
  /** The best grade that it would leave if what was seen once only were so. */
  readonly doubt?: Grade;
  readonly evidence: readonly Evidence[];
}

/** One mode of a proxy. */
export interface ModeReport {
  readonly mode: Mode;
  /** Missing where a check that is needed for one could not run: nothing was seen that would be worse. */
  readonly grade?: Grade;
  /** What this audit alone made of it, where the grade is that of an earlier one. */
  readonly alone?: Grade;
  /** What the grade means here, and on what it rests. */
  readonly sentence: string;
  readonly findings: readonly Finding[];
  /** Addresses that the judges saw. */
  readonly exits: readonly string[];
  /** Ids of pages that were asked for once: a later audit asks whether somebody came for them. */
  readonly asked?: readonly string[];
}

/** What an audit asked for once, when it began, and how long it went on. */
export interface Asked {
  readonly ids: readonly string[];
  readonly at: Stamp;
  readonly took: Millis;
}

/** What became of a proxy under audit. */
export type AuditOutcome =
  /** It works as a proxy in at least one mode. */
  | 'audited'
  | 'dead'
  | 'needs-auth'
  | 'not-a-proxy'
  /** Something on this side or at the judge kept it from being known. */
  | 'inconclusive';

/** Facts for whoever dials the proxy. */
export interface Traits {
  readonly schemes: readonly string[];
  /** Ports that it opened, and refused, in tunnel mode. */
  readonly opens: readonly number[];
  readonly refuses: readonly number[];
  readonly cannot: readonly ('names' | 'ipv6')[];
  /** Whether bytes that arrive behind its greeting, or its request, before it has answered are kept. */
  readonly keepsAfterGreeting?: boolean;
  readonly keepsAfterRequest?: boolean;
  /** Whether it says yes before it has reached the target. */
  readonly answersEarly?: boolean;
  readonly spareLife?: SpareLife;
}

/** Everything about one proxy at one sitting. */
export interface AuditReport {
  /** Its URL without credentials; the name of a cascade. */
  readonly proxy: string;
  readonly at: Stamp;
  readonly tier: Tier;
  readonly took: Millis;
  readonly outcome: AuditOutcome;
  /** Why, where it is not `audited`. */
  readonly failure?: Failure;
  readonly sentence: string;
  readonly modes: readonly ModeReport[];
  /** How many judges answered. */
  readonly judges: number;
  readonly traits: Traits;
  /** How long the plain question took. */
  readonly latency?: Millis;
}

/** How an audit of many stands. */
export interface AuditProgress {
  readonly all: number;
  readonly done: number;
  readonly running: number;
  /** How many may run at once now. */
  readonly room: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Reports a second, over the last seconds. */
  readonly rate: number;
  readonly left?: Millis;
  /** The own line is slower than it was: less is asked at once, and silence is not taken for death. */
  readonly congested: boolean;
  /** The judge has not answered for some seconds, asked directly. */
  readonly lost?: true;
}

/** What a person reads of a check, whether it was asked or not. */
export interface CheckText {
  readonly id: CheckId;
  readonly axis: Axis;
  readonly severity: Severity;
  readonly tier: Tier;
  readonly modes: readonly Mode[];
  readonly title: string;
  /** What it does, and what a failure means. */
  readonly meaning: string;
}

/** By whom an audit has seen what it says: so many judges, or pages of others alone. */
export const seenBy = (judges: number): string =>
  judges === 0 ? 'pages of others' : `${judges} ${judges === 1 ? 'judge' : 'judges'}`;

/** What is wrong on this side while an audit runs, in words; undefined where nothing is. */
export const troubleIn = ({ lost, congested }: AuditProgress): string | undefined =>
  lost === true ? 'the judge does not answer' : congested ? 'this line is full' : undefined;

/** Checks that were not tested, by the reason. */
export const checksByReason = (findings: readonly Finding[]): ReadonlyMap<string, readonly CheckId[]> => {
  const reasons = new Map<string, CheckId[]>();
  for (const { check, answer, sentence } of findings)
    if (answer === 'untested') reasons.set(sentence, [...(reasons.get(sentence) ?? []), check]);
  return reasons;
};
