/** Runs jobs, as many at once as there is room, and a few of each block of neighbours. */

import type { AuditReport } from '../model/audit.js';
import { now } from '../model/brand.js';
import { type KaskadeError, asKaskadeError } from '../model/error.js';
import { type Cancel, reasonOf, whenAborted } from '../net/cancel.js';
import { type Knocked, knock } from './ask/knock.js';
import { type Subject, forwards } from './ask/subject.js';
import type { AuditPlan } from './plan.js';
import { audit, unanswered } from './audit.js';
import type { Control } from './control.js';
import type { Tally } from './tally.js';

/** One proxy that waits. */
export interface Job {
  readonly subject: Subject;
  /** Neighbours: proxies of one /24, of which a few are asked at once only. */
  readonly block: string;
  readonly plan?: Pick<AuditPlan, 'past'>;
}

/** What the plain question has brought in each mode of a proxy. */
export type Echoes = NonNullable<AuditPlan['echoes']>;

/** How jobs are run. */
export interface Running {
  readonly plan: AuditPlan;
  readonly mostOfBlock: number;
  /** New connections begun in 10 ms, at most. */
  readonly pace: number;
  readonly control: Control;
  readonly tally: Tally;
  /** `clear` where the own line was free for as long as it ran. */
  readonly onEnd: (job: Job, report: AuditReport, clear: boolean) => void;
  readonly echoesOf?: (job: Job) => Echoes;
}

/** Runs all jobs; the order is theirs as far as the blocks allow. Rejects where it is called off, and with what `onEnd` throws. */
export const runJobs = (jobs: readonly Job[], running: Running, cancel: Cancel): Promise<void> =>
  new Promise((resolve, reject) => {
    const { control, tally, pace, mostOfBlock } = running;
    const waiting = createWaiting(jobs, mostOfBlock);
    let active = 0;
    const settle = (end: () => void): void => {
      clearInterval(clock);
      forget();
      end();
    };
    const broken = (thrown: unknown): void => {
      settle(() => {
        reject(cancel.signal.aborted ? reasonOf(cancel) : asKaskadeError(thrown));
      });
    };
    const begin = (job: Job): void => {
      active += 1;
      tally.running(1);
      const began = now();
      ask(job, running, cancel, (result) => {
        active -= 1;
        tally.running(-1);
        waiting.free(job);
        try {
          if ('thrown' in result) throw result.thrown;
          running.onEnd(job, result, control.wasClear(began));
        } catch (thrown) {
          broken(thrown);
        }
        if (active === 0 && waiting.isEmpty()) settle(resolve);
      });
    };
    const fill = (): void => {
      for (let begun = 0; begun < pace && active < control.room(); begun += 1) {
        const job = waiting.next();
        if (job === undefined) return;
        begin(job);
      }
    };
    const clock = setInterval(fill, 10);
    const forget = whenAborted(cancel, () => {
      settle(() => {
        reject(reasonOf(cancel));
      });
    });
    if (jobs.length === 0) settle(resolve);
  });

type Ended = (result: AuditReport | { readonly thrown: unknown }) => void;

/** Audits one. In a pulse nothing but a socket is kept of it until it begins to answer: most never do. */
const ask = (job: Job, { plan, echoesOf }: Running, cancel: Cancel, ended: Ended): void => {
  const { subject } = job;
  const goOn = (knocked?: Knocked): void => {
    const more = { ...job.plan, ...(echoesOf && { echoes: echoesOf(job) }), ...(knocked && { knocked }) };
    audit(subject, { ...plan, ...more }, cancel).then(ended, (thrown: unknown) => {
      ended({ thrown });
    });
  };
  if (
    plan.tier !== 'pulse' ||
    !mayKnock(subject) ||
    (plan.first === 'forward' && forwards(subject)) ||
    plan.anyScheme
  ) {
    goOn();
    return;
  }
  knock({ subject, onward: plan.judges[0].main, within: plan.within }, cancel, (knocked) => {
    if (cancel.signal.aborted) ended({ thrown: reasonOf(cancel) });
    // Who hangs up when it is asked for a tunnel may forward requests all the same.
    else if ('stream' in knocked || (forwards(subject) && hasHungUp(knocked.error))) goOn(knocked);
    else ended(unanswered(subject, plan, knocked));
  });
};

const hasHungUp = ({ code }: KaskadeError): boolean => code === 'hop-closed' || code === 'hop-reset';

const mayKnock = (subject: Subject): subject is Subject & Pick<Required<Subject>, 'reachThen'> =>
  subject.reachThen !== undefined;

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
