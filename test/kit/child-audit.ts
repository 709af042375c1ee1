/** A process that audits what it is told to, and tells what that took: `{ judge, urls, most }` comes as an argument. */

import { meetJudge } from '../../src/audit/ask/judge-link.js';
import { auditCrowd } from '../../src/audit/crowd.js';
import { yourFacts } from '../../src/audit/identity/facts.js';
import { parseJudgeUrl } from '../../src/audit/judge/card.js';
import { auditDoor, blockOf, subjectOf } from '../../src/engine/audit-jobs.js';
import type { AuditReport } from '../../src/model/audit.js';
import type { Stamp } from '../../src/model/book.js';
import { millis } from '../../src/model/brand.js';
import { asProxy } from '../../src/model/cascade.js';
import { parseHop } from '../../src/model/hop.js';
import { connectDirect, resolveBySystem } from '../../src/net/direct.js';

interface Told {
  readonly judge: string;
  readonly urls: readonly string[];
  readonly most: number;
}

const random = (): string => Math.random().toString(16).slice(2).padEnd(14, '0');
const freshId = (): string => Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('');

const { judge, urls, most } = JSON.parse(process.argv[2] ?? '{}') as Told;
const { signal } = new AbortController();
const rules = { resolve: resolveBySystem, mayReach: () => true };
const link = await meetJudge(
  parseJudgeUrl(judge),
  { open: (at, cancel) => connectDirect(at, rules, cancel), freshId, random },
  { signal },
);
const door = auditDoor();
const jobs = urls.map((url, n) => {
  const subject = subjectOf(asProxy(parseHop(url), 'test'), door);
  return { subject, block: `${blockOf(subject)} ${n}` };
});

/** What is held, without what only waits to be collected. */
const held = (): number => {
  (globalThis as { readonly gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const base = held();
let peak = base;
const clock = setInterval(() => (peak = Math.max(peak, held())), 200);
const reports: Pick<AuditReport, 'outcome' | 'sentence'>[] = [];
const facts = yourFacts({ sure: ['127.0.0.1'], other: [], names: [] });
const plan = {
  tier: 'quick',
  judges: [link],
  facts,
  within: millis(1_500),
  random,
  clock: () => Date.now() as Stamp,
} as const;
const began = performance.now();
await auditCrowd(
  jobs,
  {
    ...{ most, mostOfBlock: 4, pace: 100, plan },
    onReport: (_job, { outcome, sentence, modes }) => {
      // Evidence is long: what a terminal would obey is looked for at once.
      const texts = modes.flatMap(({ findings }) =>
        findings.flatMap((finding) => [
          finding.sentence,
          ...finding.evidence.flatMap(({ sent = '', arrived = '' }) => [sent, arrived]),
        ]),
      );
      reports.push({ outcome, sentence: texts.find((text) => /[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text)) ?? sentence });
    },
  },
  { signal },
);
clearInterval(clock);
process.send?.({ reports, grown: (peak - base) / 1e6, seconds: (performance.now() - began) / 1_000 }, () =>
  process.exit(0),
);
