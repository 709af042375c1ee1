/** Audits many proxies at once: who answers at all first, then the rest of the questions; and it notices when its own line is the trouble. */

import type { AuditProgress, AuditReport, Mode } from '../model/audit.js';
import { type Millis, millis } from '../model/brand.js';
import { type Cancel, reasonOf, whenAborted } from '../net/cancel.js';
import { createAborter } from '../net/signal.js';
import type { JudgeLink } from './ask/judge-link.js';
import { type Visit, visit } from './ask/visit.js';
import type { AuditPlan } from './plan.js';
import { createControl } from './control.js';
import { createSearch } from './identity/search.js';
import { hasNoWayOn, isLost } from './patience.js';
import { type Echoes, type Job, runJobs } from './run-jobs.js';
import { createTally } from './tally.js';

/** What a crowd keeps to. */
export interface CrowdRules {
  readonly plan: AuditPlan;
  readonly most: number;
  readonly mostOfBlock: number;
  /** New connections begun in 10 ms, at most. */
  readonly pace: number;
  readonly onReport: (job: Job, report: AuditReport) => void;
  readonly onProgress?: (progress: AuditProgress) => void;
}

/** The usual bounds. */
export const usualRules = { most: 256, mostOfBlock: 4, pace: 4 } as const;

/** Audits every job once. Resolves when all have a report; rejects where it is called off. */
export const auditCrowd = async (jobs: Iterable<Job>, rules: CrowdRules, called: Cancel): Promise<void> => {
  // The signal of a caller looks at all its listeners for each that comes: thousands would be slow.
  const { signal, abort } = createAborter();
  const cancel: Cancel = { signal };
  const forget = whenAborted(called, () => {
    abort(reasonOf(called));
  });
  const plan: AuditPlan = { search: createSearch(rules.plan.facts), ...rules.plan };
  const all = [...jobs];
  const control = createControl(rules.most, () => askJudge(plan.judges[0], plan.within, cancel));
  const tally = createTally(all.length, control, rules.onProgress);
  try {
    const survivors: Job[] = [];
    const later: Job[] = [];
    const echoes = createEchoes();
    const settle = (job: Job, report: AuditReport): void => {
      echoes.drop(job);
      tally.settled(report);
      rules.onReport(job, report);
    };
    const survive = (job: Job): void => {
      if (survivors.push(job) > mostEchoes) echoes.drop(job);
    };
    const pulse: AuditPlan = { ...plan, tier: 'pulse' };
    const onFirst = (job: Job, report: AuditReport, clear: boolean): void => {
      if (plan.tier === 'pulse' ? isSilence(report) && !clear : mayPass(report)) later.push(job);
      else if (plan.tier === 'pulse' || report.outcome === 'dead' || report.outcome === 'needs-auth')
        settle(job, report);
      else survive(job);
    };
    const shared = { ...rules, control, tally, ...(plan.tier === 'pulse' ? {} : { echoesOf: echoes.of }) };
    await runJobs(all, { ...shared, plan: pulse, onEnd: onFirst }, cancel);
    // Whoever said nothing is asked once more, with more time, and to forward where that can be: some only keep silent about tunnels,
    // and some to words of another protocol.
    const further = plan.tier === 'pulse' ? {} : ({ anyScheme: true } as const);
    const patient: AuditPlan = { ...pulse, within: millis(plan.within * 1.5), first: 'forward', ...further };
    const onSecond = (job: Job, report: AuditReport, clear: boolean): void => {
      if (report.outcome === 'audited' && plan.tier !== 'pulse') survive(job);
      else settle(job, isSilence(report) && !clear ? unknown(report) : report);
    };
    await runJobs(later, { ...shared, plan: patient, onEnd: onSecond }, cancel);
    await runJobs(survivors, { ...shared, plan, onEnd: settle }, cancel);
  } finally {
    forget();
    control.stop();
    tally.stop();
  }
};

const isSilence = ({ outcome, failure }: AuditReport): boolean =>
  outcome === 'dead' && ['hop-timeout', 'answer-timeout'].includes(failure?.code ?? '');

/** Not what it says of itself, but what the network may have done. */
const mayPass = (report: AuditReport): boolean =>
  report.outcome === 'dead' && (report.failure?.code === 'hop-unreachable' || isLost(report) || hasNoWayOn(report));

/** Of so many it is kept what the first look has brought; a few kilobytes each. */
const mostEchoes = 2_000;

/** What the first look at each has brought, for the second one. */
const createEchoes = () => {
  const kept = new Map<Job, Echoes>();
  return {
    of: (job: Job): Echoes => {
      const echoes = kept.get(job) ?? new Map<Mode, Visit>();
      kept.set(job, echoes);
      return echoes;
    },
    drop: (job: Job): void => {
      kept.delete(job);
    },
  };
};

/** What was not heard while the own line was full says nothing of a proxy. */
const unknown = (report: AuditReport): AuditReport => ({
  ...report,
  outcome: 'inconclusive',
  sentence: 'It said nothing while the line of this machine was full, or the judge did not answer.',
});

const askJudge = async (judge: JudgeLink, within: Millis, cancel: Cancel): Promise<Millis | undefined> => {
  const { record, took, failure } = await visit({ page: '.txt', fields: [] }, { ...judge.direct, within }, cancel);
  if (failure?.code === 'judge-busy') return within;
  return record === undefined ? undefined : took;
};
