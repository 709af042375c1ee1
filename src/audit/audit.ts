/** The audit of one proxy: whether it works, in which modes, and what each does to traffic. */

import type { AuditReport, Finding, Mode, ModeReport, Tier, Traits } from '../model/audit.js';
import type { Stamp } from '../model/book.js';
import { type Millis, millis, now, since } from '../model/brand.js';
import type { Failure } from '../model/failure.js';
import type { Cancel } from '../net/cancel.js';
import type { JudgeLink } from './ask/judge-link.js';
import { type Subject, forwards, withScheme } from './ask/subject.js';
import type { Visit } from './ask/visit.js';
import { peersOf, seeExits } from './checks/exits.js';
import { detect } from './detect.js';
import { type Past, reportMode } from './grade.js';
import type { Fact } from './identity/facts.js';
import type { Search } from './identity/search.js';
import { runChecks } from './run-checks.js';
import { type Stand, type TlsVisit, createStand, isLost } from './stand.js';
import { learnTraits, noTraits } from './traits.js';
import type { Witnesses } from './witness/witnesses.js';
import { type Settled, type Sights, nothing, whyNone } from './why-none.js';

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
  readonly random: () => string;
  readonly clock: () => Stamp;
  readonly past?: (mode: Mode) => Past;
  readonly onFinding?: (finding: Finding) => void;
}

/** Audits a proxy. Rejects only where it is called off. */
export const audit = async (subject: Subject, plan: AuditPlan, cancel: Cancel): Promise<AuditReport> => {
  const began = now();
  const base = { proxy: subject.label, at: plan.clock(), tier: plan.tier, judges: plan.judges.length };
  const found = await settle(subject, plan, cancel);
  return { ...base, ...found, took: since(began, now()) };
};

const settle = async (subject: Subject, plan: AuditPlan, cancel: Cancel): Promise<Settled> => {
  const said = await look(subject, plan, cancel);
  if (said.working.length > 0) return modesOf(subject, said, { plan, cancel });
  const why = whyNone(said);
  // In a pulse silence is believed: whoever speaks something else most often says so at once.
  const isOdd = why.outcome === 'not-a-proxy' || (plan.tier !== 'pulse' && why.failure?.code === 'answer-timeout');
  if (!isOdd) return why;
  return (await otherScheme(subject, plan, cancel)) ?? why;
};

/** It does not speak as it was said to: whatever it does speak is audited. */
const otherScheme = async (subject: Subject, plan: AuditPlan, cancel: Cancel): Promise<Settled | undefined> => {
  if (subject.hop.scheme === 'https') return undefined;
  const found = await detect({ subject, judge: plan.judges[0].main, within: shorter(plan.within) }, cancel);
  if (found.kind === 'needs-auth') return nothing('needs-auth', `It asks for a login (${found.note}).`);
  const scheme = found.kind === 'proxy' ? found.schemes.find((each) => each !== subject.hop.scheme) : undefined;
  if (scheme === undefined || scheme === 'https') return undefined;
  const other = withScheme(subject, scheme);
  const said = await look(other, plan, cancel);
  if (said.working.length === 0) return undefined;
  const settled = await modesOf(other, said, { plan, cancel });
  return { ...settled, sentence: `It speaks ${scheme}, and not ${subject.hop.scheme}. ${settled.sentence}` };
};

/** Silence is what is usually heard of a proxy that speaks something else: it is not waited for long. */
const shorter = (within: Millis): Millis => millis(Math.min(within, 2_000));

/** What was seen of each mode at first sight. */
interface Looked extends Sights {
  readonly working: readonly Stand[];
}

/** Asks the plain question in every mode. In a pulse the first mode that works, or the first silence, is enough. */
const look = async (subject: Subject, plan: AuditPlan, cancel: Cancel): Promise<Looked> => {
  const said: Said = { working: [], visits: [], byTls: [] };
  const wanted: readonly Mode[] = forwards(subject) ? ['tunnel', 'forward'] : ['tunnel'];
  let silent = await lookAt(wanted, said, { subject, plan, cancel });
  const isQuiet =
    plan.tier === 'pulse' || (silent.length === wanted.length && said.visits.some((visit) => !isLost(visit)));
  if (isQuiet) return said;
  // What was lost may come another time; where another mode works, it is worth a third look.
  silent = await lookAt(silent, said, { subject, plan, cancel });
  if (said.working.length > 0) await lookAt(silent, said, { subject, plan, cancel });
  return said;
};

interface Said {
  readonly working: Stand[];
  readonly visits: Visit[];
  readonly byTls: TlsVisit[];
}

interface Looking extends Given {
  readonly subject: Subject;
}

/** Looks once at each mode; gives those of which nothing came. */
const lookAt = async (
  wanted: readonly Mode[],
  said: Said,
  { subject, ...given }: Looking,
): Promise<readonly Mode[]> => {
  const silent: Mode[] = [];
  const { tier } = given.plan;
  for (const mode of wanted) {
    if (tier === 'pulse' && said.working.length > 0) break;
    const stand = standFor(subject, mode, given)(0);
    const seen = await stand.echo();
    said.visits.push(seen);
    if (await isWorking(stand, seen, said.byTls, tier)) said.working.push(stand);
    else if (isLost(seen)) silent.push(mode);
    if (isPointless(seen.failure) || (tier === 'pulse' && isLost(seen))) break;
  }
  return silent;
};

/** Whether anything of a question came to the judge, or TLS was answered. */
const isWorking = async (stand: Stand, seen: Visit, byTls: TlsVisit[], tier: Tier): Promise<boolean> => {
  if (seen.record !== undefined || seen.foreign) return true;
  if (isPointless(seen.failure) || isLost(seen)) return false;
  if (seen.failure === undefined && (await stand.records(seen.id)).length > 0) return true;
  if (stand.mode === 'forward' || tier === 'pulse') return false;
  const tls = await stand.tls(0);
  byTls.push(tls);
  return tls.record !== undefined || tls.shown !== undefined;
};

/** Nobody listens, or nobody is let in: another mode would end in the same way. */
const isPointless = (failure: Failure | undefined): boolean =>
  [
    'hop-unreachable',
    'hop-name-unknown',
    'hop-timeout',
    'hop-auth-missing',
    'hop-auth-refused',
    'out-of-files',
  ].includes(failure?.code ?? '');

interface Given {
  readonly plan: AuditPlan;
  readonly cancel: Cancel;
}

/** Stands by their number: every further one is before the next judge. */
const standFor = (subject: Subject, mode: Mode, { plan, cancel }: Given): ((nth: number) => Stand) => {
  const made = new Map<number, Stand>();
  return (nth) => {
    const judge = plan.judges[nth % plan.judges.length] ?? plan.judges[0];
    const { facts, within, random, search, witnesses } = plan;
    const shared = { ...(search && { search }), ...(witnesses && { witnesses }) };
    const stand =
      made.get(nth) ?? createStand({ mode, subject, judge, facts, within, random, signal: cancel.signal, ...shared });
    made.set(nth, stand);
    return stand;
  };
};

const modesOf = async (subject: Subject, looked: Looked, given: Given): Promise<Settled> => {
  const { tier } = given.plan;
  const schemes = [subject.hop.scheme];
  const modes: ModeReport[] = [];
  let traits: Traits = noTraits(schemes);
  for (const first of looked.working.toSorted(byMode)) {
    const mode = await modeOf(first, looked, { subject, ...given });
    modes.push(mode);
    if (first.mode === 'tunnel' && isThorough(tier) && mode.grade !== 'hostile')
      traits = await learnTraits(first, mode.findings, schemes);
  }
  const [latency] = looked.visits.flatMap(({ record, took }) => (record === undefined ? [] : [took]));
  const known = latency === undefined ? {} : { latency };
  return { outcome: 'audited', sentence: sumOf(modes, tier), modes, traits, ...known };
};

const isThorough = (tier: Tier): boolean => tier === 'full' || tier === 'watch';

/** All questions of one mode. */
const modeOf = async (first: Stand, { byTls }: Looked, { subject, plan, cancel }: Looking): Promise<ModeReport> => {
  const { mode } = first;
  if (plan.tier === 'pulse') return pulsed(mode, await exitsOf(first, byTls));
  const more = standFor(subject, mode, { plan, cancel });
  const findings = await runChecks(
    plan.tier,
    (nth) => (nth === 0 ? first : more(nth)),
    plan.onFinding ?? (() => undefined),
  );
  const exits = isThorough(plan.tier) ? await first.once('exits', () => seeExits(first)) : await exitsOf(first, byTls);
  const past = plan.past?.(mode);
  const graded = { mode, findings, exits, at: plan.clock(), judges: plan.judges.length };
  return reportMode(past === undefined ? graded : { ...graded, past });
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
