/** The questions of an audit over the own line, without a proxy: what fails there is no proxy's doing. */

import { labelEndpoint } from '../model/address.js';
import type { Finding } from '../model/audit.js';
import { millis } from '../model/brand.js';
import { fail } from '../model/error.js';
import { parseHop } from '../model/hop.js';
import { type Cancel, deadline } from '../net/cancel.js';
import type { JudgeLink } from './ask/judge-link.js';
import type { Subject } from './ask/subject.js';
import { ownExit } from './checks/exits.js';
import type { AuditPlan } from './plan.js';
import { runChecks } from './run-checks.js';
import { type Stand, createStand } from './stand.js';

const longest = millis(60_000);

/**
 * What fails on the way to the first judge, but that it sees your own address; undefined where that took more than a minute.
 * Rejects only where it is called off.
 */
export const seeOwnLine = async (plan: AuditPlan, cancel: Cancel): Promise<readonly Finding[] | undefined> => {
  const { tier, facts, within, random, search } = plan;
  const [judge] = plan.judges;
  const limit = deadline(longest, () => fail('answer-timeout'), cancel);
  const { signal } = limit;
  const parts = { mode: 'tunnel', subject: lineTo(judge), judge, facts, within, random, signal, search } as const;
  const made: Stand[] = [];
  const stands = (nth: number): Stand => (made[nth] ??= createStand(parts));
  try {
    const findings = await runChecks(tier === 'quick' ? 'quick' : 'full', stands, () => undefined);
    return findings.filter(({ check, answer }) => answer === 'fail' && check !== ownExit.id);
  } catch (thrown) {
    if (cancel.signal.aborted || !signal.aborted) throw thrown;
    return undefined;
  } finally {
    limit.done();
  }
};

/** Connects to the judge itself, and to nothing else. */
const lineTo = ({ main, ports, tls, direct }: JudgeLink): Subject => {
  const known = new Set([main, ...ports, ...tls.map(({ at }) => at)].map(labelEndpoint));
  return {
    label: 'your own line',
    hop: parseHop(`socks4a://${labelEndpoint(main)}`),
    before: [],
    seesYouBy: () => [],
    reach: (cancel) => direct.open(main, cancel),
    passes: (onward, cancel) =>
      known.has(labelEndpoint(onward)) ? direct.open(onward, cancel) : Promise.reject(fail('onward-denied')),
  };
};
