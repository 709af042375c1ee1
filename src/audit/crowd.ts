/** Audits many proxies at once: who answers at all first, then the rest of the questions; and it notices when its own line is the trouble. */

import type { AuditReport } from '../model/audit.js';
import { type Millis, millis, now } from '../model/brand.js';
import { asKaskadeError } from '../model/error.js';
import { type Cancel, reasonOf, whenAborted } from '../net/cancel.js';
import { createAborter } from '../net/signal.js';
import type { JudgeLink } from './ask/judge-link.js';
import type { Subject } from './ask/subject.js';
import { visit } from './ask/visit.js';
import { type AuditPlan, audit } from './audit.js';
import { createControl } from './control.js';
import { createSearch } from './identity/search.js';

/** One proxy that waits. */
export interface Job {
  readonly subject: Subject;
  /** Neighbours: proxies of one /24, of which a few are asked at once only. */
  readonly block: string;
  readonly plan?: Pick<AuditPlan, 'past'>;
}

/** How a crowd stands. */
export interface CrowdProgress {
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
}

/** What a crowd keeps to. */
export interface CrowdRules {
  readonly plan: AuditPlan;
  readonly most: number;
  readonly mostOfBlock: number;
  /** New connections begun in 10 ms, at most. */
  readonly pace: number;
  readonly onReport: (job: Job, report: AuditReport) => void;
  readonly onProgress?: (progress: CrowdProgress) => void;
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
  const count = createCount(all.length, rules, control);
  try {
    const survivors: Job[] = [];
    const later: Job[] = [];
    const pulse: AuditPlan = { ...plan, tier: 'pulse' };
    const onFirst = (job: Job, report: AuditReport, clear: boolean): void => {
      if (isSilence(report) && (!clear || plan.tier !== 'pulse')) later.push(job);
      else if (plan.tier === 'pulse' || report.outcome === 'dead' || report.outcome === 'needs-auth')
        count.settle(job, report);
      else survivors.push(job);
    };
    await runAll(all, { ...rules, plan: pulse, control, count, onEnd: onFirst }, cancel);
    // Whoever said nothing is asked once more, with more time.
    const patient: AuditPlan = { ...pulse, within: millis(plan.within * 1.5) };
    const onSecond = (job: Job, report: AuditReport, clear: boolean): void => {
      if (report.outcome === 'audited' && plan.tier !== 'pulse') survivors.push(job);
      else count.settle(job, isSilence(report) && !clear ? unknown(report) : report);
    };
    await runAll(later, { ...rules, plan: patient, control, count, onEnd: onSecond }, cancel);
    await runAll(survivors, { ...rules, plan, control, count, onEnd: count.settle }, cancel);
  } finally {
    forget();
    control.stop();
    count.stop();
  }
};

const isSilence = ({ outcome, failure }: AuditReport): boolean =>
  outcome === 'dead' && ['hop-timeout', 'answer-timeout'].includes(failure?.code ?? '');

/** What was not heard while the own line was full says nothing of a proxy. */
const unknown = (report: AuditReport): AuditReport => ({
  ...report,
  outcome: 'inconclusive',
  sentence: 'It said nothing while the line of this machine was full.',
});

const askJudge = async (judge: JudgeLink, within: Millis, cancel: Cancel): Promise<Millis | undefined> => {
  const { record, took } = await visit({ page: '.txt', fields: [] }, { ...judge.direct, within }, cancel);
  return record === undefined ? undefined : took;
};

interface Running extends Pick<CrowdRules, 'plan' | 'mostOfBlock' | 'pace'> {
  readonly control: ReturnType<typeof createControl>;
  readonly count: ReturnType<typeof createCount>;
  /** `clear` where the own line was free for as long as it ran. */
  readonly onEnd: (job: Job, report: AuditReport, clear: boolean) => void;
}

/** Runs jobs, as many at once as there is room, and a few of each block; the order is that of the jobs as far as that allows. */
const runAll = (jobs: readonly Job[], running: Running, cancel: Cancel): Promise<void> =>
  new Promise((resolve, reject) => {
    const waiting = createWaiting(jobs, running.mostOfBlock);
    let active = 0;
    const settle = (): void => {
      clearInterval(clock);
      forget();
    };
    const begin = (job: Job): void => {
      active += 1;
      running.count.running(1);
      const began = now();
      audit(job.subject, { ...running.plan, ...job.plan }, cancel)
        .then((report) => {
          running.onEnd(job, report, running.control.wasClear(began));
        })
        .catch((thrown: unknown) => {
          settle();
          reject(cancel.signal.aborted ? reasonOf(cancel) : asKaskadeError(thrown));
        })
        .finally(() => {
          active -= 1;
          running.count.running(-1);
          waiting.free(job);
          if (active === 0 && waiting.isEmpty()) {
            settle();
            resolve();
          }
        });
    };
    const fill = (): void => {
      for (let begun = 0; begun < running.pace && active < running.control.room(); begun += 1) {
        const job = waiting.next();
        if (job === undefined) return;
        begin(job);
      }
    };
    const clock = setInterval(fill, 10);
    const forget = whenAborted(cancel, () => {
      settle();
      reject(reasonOf(cancel));
    });
    if (jobs.length === 0) {
      settle();
      resolve();
    }
  });

/** Jobs that wait, of which only a few of one block are out at once. */
const createWaiting = (jobs: readonly Job[], most: number) => {
  const left = [...jobs].reverse();
  const passed: Job[] = [];
  const out = new Map<string, number>();
  return {
    isEmpty: (): boolean => left.length + passed.length === 0,
    next: (): Job | undefined => {
      for (let job = left.pop(); job !== undefined; job = left.pop()) {
        const neighbours = out.get(job.block) ?? 0;
        if (neighbours < most) {
          out.set(job.block, neighbours + 1);
          return job;
        }
        passed.push(job);
      }
      return undefined;
    },
    /** One that was passed over has its turn when one of its neighbours is back. */
    free: ({ block }: Job): void => {
      out.set(block, (out.get(block) ?? 1) - 1);
      const at = passed.findIndex((job) => job.block === block);
      if (at !== -1) left.push(...passed.splice(at, 1));
    },
  };
};

const createCount = (all: number, { onReport, onProgress }: CrowdRules, control: ReturnType<typeof createControl>) => {
  const outcomes: Record<string, number> = {};
  let [done, running] = [0, 0];
  const marks: { readonly at: number; readonly done: number }[] = [];
  const tell = (): void => {
    const at = performance.now();
    marks.push({ at, done });
    if (marks.length > 20) marks.shift();
    const [first] = marks;
    const rate = first === undefined || at === first.at ? 0 : ((done - first.done) / (at - first.at)) * 1_000;
    const left = rate > 0 ? { left: millis(((all - done) / rate) * 1_000) } : {};
    const { room, congested } = { room: control.room(), congested: control.isCongested() };
    onProgress?.({ all, done, running, room, outcomes: { ...outcomes }, rate, congested, ...left });
  };
  const clock = setInterval(tell, 250);
  return {
    settle: (job: Job, report: AuditReport): void => {
      done += 1;
      outcomes[report.outcome] = (outcomes[report.outcome] ?? 0) + 1;
      onReport(job, report);
    },
    running: (by: 1 | -1): void => {
      running += by;
    },
    stop: (): void => {
      clearInterval(clock);
      tell();
    },
  };
};
