/** The audit of one proxy: whether it works, in which modes, and what each does to traffic. */

import {
  type AuditReport,
  type Finding,
  type Mode,
  type ModeReport,
  type Tier,
  type Traits,
  isThorough,
} from '../model/audit.js';
import { type At, type Millis, millis, now, since } from '../model/brand.js';
import type { KaskadeError } from '../model/error.js';
import type { Cancel } from '../net/cancel.js';
import { type Subject, heeding, withScheme } from './ask/subject.js';
import type { Result } from './checks/check.js';
import { peersOf, seeExits } from './checks/exits.js';
import { besidePast, repeat } from './checks/repeat.js';
import { spareLifeWhile } from './checks/later.js';
import { excused, isSealed, ownLine, ownLineResult, sealed } from './checks/own-line.js';
import { knownOf } from './checks/news.js';
import { detect } from './detect.js';
import { type Graded, reportMode } from './grade.js';
import { type Looked, look, standParts } from './look.js';
import { lookBack } from './look-back.js';
import type { AuditPlan, Given } from './plan.js';
import { findingOf, runChecks } from './run-checks.js';
import type { TlsVisit } from './by-tls.js';
import { type Stand, createStand } from './stand.js';
import { learnTraits, noTraits } from './traits.js';
import { type Settled, nothing, whyNone } from './why-none.js';

/** Audits a proxy. Rejects only where it is called off. */
export const audit = async (subject: Subject, plan: AuditPlan, cancel: Cancel): Promise<AuditReport> => {
  const began = now();
  const base = { proxy: subject.label, at: plan.clock(), tier: plan.tier, judges: plan.judges.length };
  const found = await settle(heeding(subject), plan, cancel);
  return { ...base, ...found, took: since(began, now()) };
};

const settle = async (subject: Subject, plan: AuditPlan, cancel: Cancel): Promise<Settled> => {
  const said = await look(subject, plan, cancel);
  if (said.working.length > 0) return modesOf(subject, said, { plan, cancel });
  const why = whyNone(said);
  // In a pulse silence is believed at first: whoever speaks something else most often says so at once.
  const isDoubted = plan.tier !== 'pulse' || plan.anyScheme === true;
  const isOdd = why.outcome === 'not-a-proxy' || (isDoubted && isMute(why));
  if (!isOdd) return why;
  const other = await otherScheme(subject, plan, cancel);
  return other === undefined || other.outcome === why.outcome ? why : other;
};

/** It took the connection, and said nothing on it: some are silent when they are spoken to in another protocol, and some hang up. */
const isMute = ({ failure }: Settled): boolean =>
  ['answer-timeout', 'answer-missing', 'hop-closed', 'hop-reset'].includes(failure?.code ?? '');

/** It does not speak as it was said to: whatever it does speak is audited. */
const otherScheme = async (subject: Subject, plan: AuditPlan, cancel: Cancel): Promise<Settled | undefined> => {
  if (subject.hop.scheme === 'https') return undefined;
  const found = await detect({ subject, judge: plan.judges[0].main, within: shorter(plan.within) }, cancel);
  if (found.kind === 'needs-auth') return nothing('needs-auth', `It asks for a login (${found.note}).`);
  if (found.kind === 'not-a-proxy') return nothing('not-a-proxy', `It speaks something else: ${found.note}`);
  const scheme = found.kind === 'proxy' ? found.schemes.find((each) => each !== subject.hop.scheme) : undefined;
  if (scheme === undefined || scheme === 'https') return undefined;
  const other = withScheme(subject, scheme);
  // What came of the first words was said in the wrong protocol.
  const anew: AuditPlan = { ...plan, knocked: undefined, echoes: undefined };
  const said = await look(other, anew, cancel);
  if (said.working.length === 0) return informed(whyNone(said));
  const settled = await modesOf(other, said, { plan: anew, cancel });
  return { ...settled, sentence: `It speaks ${scheme}, and not ${subject.hop.scheme}. ${settled.sentence}` };
};

/** What is more than silence. */
const informed = (why: Settled): Settled | undefined =>
  why.outcome === 'not-a-proxy' || why.outcome === 'needs-auth' ? why : undefined;

/** Silence is what is usually heard of a proxy that speaks something else: it is not waited for long. */
const shorter = (within: Millis): Millis => millis(Math.min(within, 2_000));

/** The report on one that has answered nothing, or could not be reached. */
export const unanswered = (
  subject: Subject,
  plan: AuditPlan,
  { error, since: began }: { readonly error: KaskadeError; readonly since: At },
): AuditReport => ({
  ...{ proxy: subject.label, at: plan.clock(), tier: plan.tier, judges: plan.judges.length },
  ...whyNone({ visits: [{ failure: error.failure }], byTls: [] }),
  took: since(began, now()),
});

/** Stands by their number behind the first one: every further one is before the next judge. */
const standsBehind = (first: Stand, given: Given): ((nth: number) => Stand) => {
  const made = [first];
  const known = (): Promise<ReadonlySet<string>> => first.once('known', () => knownOf(first));
  return (nth) => (made[nth] ??= createStand({ ...standParts(first.subject, first.mode, { ...given, nth }), known }));
};

const modesOf = async (subject: Subject, looked: Looked, given: Given): Promise<Settled> => {
  const { tier } = given.plan;
  const schemes = [subject.hop.scheme];
  const modes: ModeReport[] = [];
  let traits: Traits = noTraits(schemes);
  for (const first of looked.working.toSorted(byMode)) {
    const mode = await modeOf(first, looked, given);
    modes.push(mode);
    if (first.mode === 'tunnel' && isThorough(tier) && mode.grade !== 'hostile')
      traits = {
        ...(await learnTraits(first, mode.findings, schemes)),
        ...(tier === 'watch' && (await spareLifeWhile(first))),
      };
  }
  const [latency] = looked.visits.flatMap(({ record, took }) => (record === undefined ? [] : [took]));
  const known = latency === undefined ? {} : { latency };
  return { outcome: 'audited', sentence: sumOf(modes, tier), modes, traits, ...known };
};

/** All questions of one mode. */
const modeOf = async (first: Stand, { byTls }: Looked, given: Given): Promise<ModeReport> => {
  const { mode } = first;
  const { plan } = given;
  if (plan.tier === 'pulse') return pulsed(mode, await exitsOf(first, byTls));
  const line = lineTo(first, plan);
  const found = await findingsOf(first, given, line);
  const exits = isThorough(plan.tier) ? await first.once('exits', () => seeExits(first)) : await exitsOf(first, byTls);
  const graded = {
    mode,
    exits,
    at: plan.clock(),
    judges: plan.judges.length,
    past: plan.past?.(mode),
    ownLine: line?.faults,
  };
  const report = await besideEarlier(found, graded, { stand: first, plan });
  return isThorough(plan.tier) ? { ...report, ...(await askedOnce(first)) } : report;
};

/** What the own line does to what goes to a proxy in a mode, and what is told of that. */
interface Line {
  readonly faults: readonly Finding[];
  readonly told: Result;
}

/** The line was asked in the words of either mode; what it does to those of one says nothing of the other. */
const lineTo = ({ mode, subject }: Stand, { ownLine: all }: AuditPlan): Line | undefined => {
  if (all === undefined) return undefined;
  if (isSealed(subject, all)) return { faults: [], told: sealed };
  const faults = all.filter((fault) => fault.mode === mode);
  return { faults, told: ownLineResult(faults) };
};

/** What was found, less what the own line does by itself. */
const findingsOf = async (first: Stand, given: Given, line: Line | undefined): Promise<readonly Finding[]> => {
  const { tier, onFinding } = given.plan;
  const fair = (finding: Finding): Finding =>
    finding.check === ownLine.id && line !== undefined
      ? findingOf(ownLine, first.mode, line.told)
      : excused(finding, line?.faults ?? []);
  const found = await runChecks(tier, standsBehind(first, given), (finding) => onFinding?.(fair(finding)));
  return found.map(fair);
};

interface Here {
  readonly stand: Stand;
  readonly plan: AuditPlan;
}

/** The report, with what earlier audits say of it. */
const besideEarlier = async (
  found: readonly Finding[],
  graded: Omit<Graded, 'findings'>,
  { stand, plan }: Here,
): Promise<ModeReport> => {
  const { past, at } = graded;
  if (past === undefined) return reportMode({ ...graded, findings: found });
  const here = { stand, judges: plan.judges, now: at };
  const seen = isThorough(plan.tier) ? await lookBack(found, past.watched ?? [], here) : found;
  const { grade: alone } = reportMode({ ...graded, findings: seen });
  const result = besidePast(alone, past, at);
  const compared = result && findingOf(repeat, stand.mode, result);
  const findings = seen.map((finding) => (finding.check === repeat.id ? (compared ?? finding) : finding));
  for (const finding of findings) if (!found.includes(finding)) plan.onFinding?.(finding);
  const report = reportMode({ ...graded, findings });
  return alone === undefined || report.grade === alone ? report : { ...report, alone };
};

/** A page whose address nobody knows but the proxy; it was asked for in the first step already. */
const askedOnce = async (stand: Stand): Promise<Pick<ModeReport, 'asked'>> => {
  const { id, failure } = await stand.page();
  return failure === undefined ? { asked: [id] } : {};
};

/** Forward mode first. */
const byMode = (one: Stand, other: Stand): number => one.mode.localeCompare(other.mode);

const exitsOf = async (stand: Stand, byTls: readonly TlsVisit[]): Promise<readonly string[]> =>
  peersOf([await stand.echo(), ...(stand.mode === 'tunnel' ? byTls : [])]);

const pulsed = (mode: Mode, exits: readonly string[]): ModeReport => ({
  ...{ mode, exits, findings: [], sentence: 'It answers; nothing else was tested.' },
});

const sumOf = (modes: readonly ModeReport[], tier: Tier): string =>
  tier === 'pulse'
    ? 'It works; nothing else was tested.'
    : modes.map(({ mode, grade, sentence }) => `${mode}: ${grade ?? 'no grade'}. ${sentence}`).join(' ');
