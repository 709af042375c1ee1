/** The audit of one proxy: whether it works, in which modes, and what each does to traffic. */

import type { AuditOutcome, AuditReport, Finding, Mode, ModeReport, Tier, Traits } from '../model/audit.js';
import type { Stamp } from '../model/book.js';
import { type Millis, millis, now, since } from '../model/brand.js';
import { type Failure, explain } from '../model/failure.js';
import type { Cancel } from '../net/cancel.js';
import type { JudgeLink } from './ask/judge-link.js';
import { type Subject, forwards, withScheme } from './ask/subject.js';
import { shown } from './ask/text.js';
import type { Visit } from './ask/visit.js';
import { peersOf, seeExits } from './checks/exits.js';
import { detect } from './detect.js';
import { type Past, reportMode } from './grade.js';
import type { Fact } from './identity/facts.js';
import type { Search } from './identity/search.js';
import { runChecks } from './run-checks.js';
import { type Stand, type TlsVisit, createStand, isLost } from './stand.js';
import { learnTraits, noTraits } from './traits.js';

/** How proxies are audited. */
export interface AuditPlan {
  readonly tier: Tier;
  /** At least one; further ones are asked when an accusation is looked at again. */
  readonly judges: readonly [JudgeLink, ...JudgeLink[]];
  /** What is yours. */
  readonly facts: readonly Fact[];
  /** A search for them, made once for many proxies. */
  readonly search?: Search;
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

type Settled = Pick<AuditReport, 'outcome' | 'failure' | 'sentence' | 'modes' | 'traits' | 'latency'>;

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
interface Looked {
  readonly working: readonly Stand[];
  readonly visits: readonly Visit[];
  readonly byTls: readonly TlsVisit[];
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
    const { facts, within, random, search } = plan;
    const shared = search === undefined ? {} : { search };
    const stand =
      made.get(nth) ?? createStand({ mode, subject, judge, facts, within, random, signal: cancel.signal, ...shared });
    made.set(nth, stand);
    return stand;
  };
};

const modesOf = async (subject: Subject, { working, byTls, visits }: Looked, given: Given): Promise<Settled> => {
  const { plan } = given;
  const modes: ModeReport[] = [];
  let traits: Traits = noTraits([subject.hop.scheme]);
  for (const first of working.toSorted(byMode)) {
    const more = standFor(subject, first.mode, given);
    const stands = (nth: number): Stand => (nth === 0 ? first : more(nth));
    const findings =
      plan.tier === 'pulse' ? [] : await runChecks(plan.tier, stands, plan.onFinding ?? (() => undefined));
    const exits =
      plan.tier === 'full' || plan.tier === 'watch'
        ? await first.once('exits', () => seeExits(first))
        : await exitsOf(first, byTls);
    const past = plan.past?.(first.mode);
    const graded = { mode: first.mode, findings, exits, at: plan.clock(), judges: plan.judges.length };
    modes.push(
      plan.tier === 'pulse'
        ? pulsed(first.mode, exits)
        : reportMode({ ...graded, ...(past === undefined ? {} : { past }) }),
    );
    const isHostile = findings.some(({ answer, caps }) => answer === 'fail' && caps === 'hostile');
    if (first.mode === 'tunnel' && (plan.tier === 'full' || plan.tier === 'watch') && !isHostile)
      traits = await learnTraits(first, findings, [subject.hop.scheme]);
  }
  const [latency] = visits.flatMap(({ record, took }) => (record === undefined ? [] : [took]));
  const known = latency === undefined ? {} : { latency };
  return { outcome: 'audited', sentence: sumOf(modes, plan.tier), modes, traits, ...known };
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

const nothing = (outcome: AuditOutcome, sentence: string, failure?: Failure): Settled => ({
  ...{ outcome, sentence, modes: [], traits: noTraits([]) },
  ...(failure === undefined ? {} : { failure }),
});

/** What kept a proxy from working, by the failure that says most. */
const whyNone = ({ visits, byTls }: Looked): Settled => {
  const failures = [...visits, ...byTls].flatMap(({ failure }) => failure ?? []);
  const find = (codes: readonly string[]): Failure | undefined => failures.find(({ code }) => codes.includes(code));
  const refused = visits.flatMap(({ reply }) => (reply?.kind === 'answer' ? [reply.status] : []));
  const local = find(['out-of-files', 'internal']);
  if (local !== undefined) return nothing('inconclusive', explain(local).sentence, local);
  const login = find(['hop-auth-missing', 'hop-auth-refused']);
  if (login !== undefined || refused.some((status) => status === 407 || status === 401))
    return nothing('needs-auth', 'It asks for a login.', login);
  const pages = visits.find(({ reply }) => reply?.kind === 'answer' && reply.status < 400);
  if (pages !== undefined) return nothing('not-a-proxy', `It answers by itself: ${excerptOf(pages)}`);
  const odd = visits.find(({ reply }) => reply?.kind === 'garbled');
  const garbled = find(['hop-garbled', 'hop-oversized']);
  if (odd !== undefined || garbled !== undefined)
    return nothing(
      'not-a-proxy',
      odd === undefined ? 'It speaks something else.' : `It speaks something else: ${excerptOf(odd)}`,
      garbled,
    );
  const [first] = failures;
  if (refused.length > 0) return nothing('dead', `It passes nothing on: it answers ${refused.join(', ')}.`, first);
  return nothing('dead', first === undefined ? 'It gave no answer.' : explain(first).sentence, first);
};

const excerptOf = ({ reply }: Visit): string => {
  const bytes = reply?.kind === 'answer' ? reply.body : (reply?.first ?? Buffer.alloc(0));
  return shown(bytes.subarray(0, 80), 80).replaceAll('\n', ' ');
};
