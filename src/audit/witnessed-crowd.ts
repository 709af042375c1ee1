/** Audits many proxies by pages of others alone, a few at once: the pages set the pace. */

import type { AuditProgress, AuditReport } from '../model/audit.js';
import type { Cancel } from '../net/cancel.js';
import type { Job } from './run-jobs.js';
import { createTally } from './tally.js';
import { type WitnessedPlan, auditByWitnesses } from './witnessed.js';

/** What a crowd keeps to. */
export interface WitnessedRules {
  readonly plan: WitnessedPlan;
  readonly most: number;
  readonly onReport: (job: Job, report: AuditReport) => void;
  readonly onProgress?: (progress: AuditProgress) => void;
}

const mostAtOnce = 16;

/** Audits every job once. Resolves when all have a report; rejects where it is called off. */
export const auditWitnessedCrowd = async (
  jobs: readonly Job[],
  { plan, most, onReport, onProgress }: WitnessedRules,
  cancel: Cancel,
): Promise<void> => {
  const room = Math.min(most, mostAtOnce, jobs.length);
  const tally = createTally(jobs.length, { room: () => room, isCongested: () => false }, onProgress);
  const queue = jobs.values();
  const lane = async (): Promise<void> => {
    for (const job of queue) {
      tally.running(1);
      const report = await auditByWitnesses(job.subject, plan, cancel);
      tally.running(-1);
      tally.settled(report);
      onReport(job, report);
    }
  };
  try {
    await Promise.all(Array.from({ length: room }, lane));
  } finally {
    tally.stop();
  }
};
