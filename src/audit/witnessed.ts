/** Audits by pages of others alone, where no judge is known: they may accuse, and no grade that praises ever rests on them. */

import type { AuditReport, Finding, Mode, ModeReport } from '../model/audit.js';
import { type Stamp, grades } from '../model/book.js';
import { millis, now, since } from '../model/brand.js';
import { asKaskadeError, fail } from '../model/error.js';
import type { Failure } from '../model/failure.js';
import type { Witness } from '../model/witness.js';
import { type Cancel, deadline, reasonOf } from '../net/cancel.js';
import { type Subject, forwards, openTunnel } from './ask/subject.js';
import { sightsAt, witnessChecks } from './checks/witness.js';
import { meanings } from './grade.js';
import type { Fact } from './identity/facts.js';
import type { Search } from './identity/search.js';
import { createMemory } from './memory.js';
import { askAll, findingOf } from './run-checks.js';
import type { WitnessStand } from './stand.js';
import { noTraits } from './traits.js';
import { type Settled, nothing, whyNone } from './why-none.js';
import { type Shown, type Sight, type Witnesses, isAnswer } from './witness/witnesses.js';

/** How proxies are audited without a judge. */
export interface WitnessedPlan {
  readonly witnesses: Witnesses;
  readonly facts: readonly Fact[];
  readonly search: Search;
  readonly clock: () => Stamp;
}

/** Audits a proxy. Rejects only where it is called off. */
export const auditByWitnesses = async (subject: Subject, plan: WitnessedPlan, cancel: Cancel): Promise<AuditReport> => {
  const began = now();
  const base = { proxy: subject.label, at: plan.clock(), tier: 'quick', judges: 0 } as const;
  const seen: Sight[] = [];
  const modes: ModeReport[] = [];
  for (const mode of forwards(subject) ? (['forward', 'tunnel'] as const) : (['tunnel'] as const)) {
    const stands = standsOf(subject, mode, { plan, cancel });
    const [first, sights] = await heard(stands);
    seen.push(...sights);
    if (sights.some(isThrough)) modes.push(await modeOf(mode, (look) => stands(first + look)));
  }
  const settled = modes.length > 0 ? audited(subject, modes) : await whyNothing(seen, subject, cancel);
  return { ...base, ...settled, took: since(began, now()) };
};

type Stands = (look: number) => WitnessStand;

interface Given {
  readonly plan: WitnessedPlan;
  readonly cancel: Cancel;
}

/** Each further stand has seen nothing yet. */
const standsOf = (subject: Subject, mode: Mode, { plan, cancel }: Given): Stands => {
  const made = new Map<number, WitnessStand>();
  const { facts, search, witnesses } = plan;
  return (look) => {
    const { once } = createMemory();
    const stand = made.get(look) ?? { mode, subject, facts, search, witnesses, signal: cancel.signal, once };
    made.set(look, stand);
    return stand;
  };
};

/** What is lost may come another time: where nothing came it is asked once more. */
const heard = async (stands: Stands): Promise<readonly [look: number, sights: readonly Sight[]]> => {
  const sights = await sightsAt(stands(0));
  const isLost =
    sights.length > 0 && sights.every(({ shown }) => shown.kind === 'unheard' && shown.status === undefined);
  return isLost ? [1, await sightsAt(stands(1))] : [0, sights];
};

/** Whether something came from behind the proxy: in clear, what is no testimony may be its own. */
const isThrough = ({ shown, witness }: Sight): boolean =>
  ['echo', 'variables', 'kept', 'untrusted'].includes(shown.kind) || (witness.isSecure && shown.kind === 'useless');

const modeOf = async (mode: Mode, stands: Stands): Promise<ModeReport> => {
  const results = await askAll(witnessChecks, stands);
  const findings = witnessChecks.flatMap((check, index): readonly Finding[] => {
    const result = results[index];
    return result === undefined ? [] : [findingOf(check, mode, result)];
  });
  return { mode, findings, exits: [], ...gradeOf(findings) };
};

/** Only what was proved gives a grade. */
const gradeOf = (findings: readonly Finding[]): Pick<ModeReport, 'grade' | 'sentence'> => {
  const failed = findings.filter(({ answer }) => answer === 'fail');
  const [worst] = failed
    .flatMap(({ caps }) => (caps === 'hostile' || caps === 'transparent' ? [caps] : []))
    .sort((one, other) => grades.indexOf(one) - grades.indexOf(other));
  if (worst !== undefined) return { grade: worst, sentence: meanings[worst] };
  const rest = failed.length > 0 ? '' : ' Nothing was seen in what they show, which proves nothing.';
  return { sentence: `No grade: only pages of others were asked.${rest}` };
};

const audited = ({ hop }: Subject, modes: readonly ModeReport[]): Settled => ({
  ...{ outcome: 'audited', modes, traits: noTraits([hop.scheme]) },
  sentence: modes.map(({ mode, grade, sentence }) => `${mode}: ${grade ?? 'no grade'}. ${sentence}`).join(' '),
});

/** Why nothing came: what says most comes first. */
const whyNothing = async (seen: readonly Sight[], subject: Subject, cancel: Cancel): Promise<Settled> => {
  const asked = seen.filter(({ shown }) => shown.kind !== 'unasked');
  const [first] = asked;
  if (first === undefined)
    return nothing('inconclusive', seen[0] === undefined ? noneFits : 'The pages of others are not asked any more.');
  const statuses = asked.flatMap(({ shown }) => statusOf(shown) ?? []);
  if (statuses.includes(407)) return nothing('needs-auth', 'It asks for a login.');
  if (statuses.length > 0 && statuses.every((status) => status >= 400))
    return nothing('dead', `It passes nothing on: ${[...new Set(statuses)].join(', ')} comes back.`);
  const useless = asked.find(({ shown }) => shown.kind === 'useless');
  if (useless !== undefined) return nothing('inconclusive', 'What came back is not what the page says.');
  const isMet = asked.some(({ met }) => isAnswer(met));
  return isMet
    ? whyUnheard(first, subject, cancel)
    : nothing('inconclusive', `No page answers, directly or through it: ${noteOf(first)}.`);
};

const whyUnheard = async (first: Sight, subject: Subject, cancel: Cancel): Promise<Settled> => {
  const failure = forwards(subject) ? undefined : await failureOf(subject, first.witness, cancel);
  return failure === undefined
    ? nothing('dead', `Nothing came through it: ${noteOf(first)}.`)
    : whyNone({ visits: [{ failure }], byTls: [] });
};

const noteOf = ({ shown }: Sight): string => (shown.kind === 'unheard' ? shown.note : '');

const longest = millis(10_000);

/** What the client for pages does not tell of SOCKS, such as that a login is wanted: a tunnel is opened once more by our own, and nothing is sent through it. */
const failureOf = async (subject: Subject, { endpoint }: Witness, cancel: Cancel): Promise<Failure | undefined> => {
  const limit = deadline(longest, () => fail('hop-timeout'), cancel);
  try {
    (await openTunnel(subject, endpoint, limit)).destroy();
    return undefined;
  } catch (thrown) {
    if (cancel.signal.aborted) throw reasonOf(cancel);
    return asKaskadeError(thrown).failure;
  } finally {
    limit.done();
  }
};

const noneFits = 'None of the pages of others may be asked through it.';

const statusOf = (shown: Shown): number | undefined =>
  shown.kind === 'useless' || shown.kind === 'unheard' ? shown.status : undefined;
