/** Audits many proxies by pages of others alone, a few at once: the pages set the pace. */

import type { AuditProgress, AuditReport } from '../model/audit.js';
import type { Cancel } from '../net/cancel.js';
import type { Job } from './run-jobs.js';
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
  const outcomes: Record<string, number> = {};
  const began = performance.now();
  let [running, done] = [0, 0];
  const tell = (): void => {
    const rate = done / Math.max(0.001, (performance.now() - began) / 1_000);
    onProgress?.({ all: jobs.length, done, running, room, outcomes: { ...outcomes }, rate, congested: false });
  };
  const queue = jobs.values();
  const lane = async (): Promise<void> => {
    for (const job of queue) {
      running += 1;
      const report = await auditByWitnesses(job.subject, plan, cancel);
      running -= 1;
      done += 1;
      outcomes[report.outcome] = (outcomes[report.outcome] ?? 0) + 1;
      onReport(job, report);
      tell();
    }
  };
  await Promise.all(Array.from({ length: room }, lane));
};
