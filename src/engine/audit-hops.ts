/** What a site may be shown of the hops before the last one: where they listen, and where they go out, which is asked hop by hop. */

import type { Cascade } from '../model/cascade.js';
import type { AuditPlan } from '../audit/plan.js';
import type { Subject } from '../audit/ask/subject.js';
import type { Fact } from '../audit/identity/facts.js';
import { createStand } from '../audit/stand.js';
import type { Cancel } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import { subjectsBefore } from './audit-jobs.js';

/** Facts of each hop before the last one. What a hop does not let be asked is missing. */
export const factsOfHops = async (
  cascade: Cascade,
  door: Door,
  { plan, signal }: Cancel & { readonly plan: AuditPlan },
): Promise<readonly Fact[]> => {
  const facts: Fact[] = [];
  for (const [index, subject] of subjectsBefore(cascade, door).entries()) {
    const { host } = subject.hop.endpoint;
    const own = host.kind === 'name' ? [] : [host.address];
    for (const text of new Set([...own, ...(await exitOf(subject, plan, { signal }))]))
      facts.push({ text, kind: 'address', of: index + 1 });
  }
  return facts;
};

/** Where the judge sees a hop come from: by a plain tunnel, else over TLS. */
const exitOf = async (subject: Subject, plan: AuditPlan, { signal }: Cancel): Promise<readonly string[]> => {
  const { facts, within, random, judges } = plan;
  const stand = createStand({ mode: 'tunnel', subject, judge: judges[0], facts, within, random, signal });
  const record = (await stand.echo()).record ?? (await stand.tls(0)).record;
  return record === undefined ? [] : [record.peer];
};
