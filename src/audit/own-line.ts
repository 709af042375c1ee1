/** The questions of an audit over the own line, without a proxy: what fails there is no proxy's doing. */

import { labelEndpoint } from '../model/address.js';
import type { CheckId, Finding, Mode } from '../model/audit.js';
import { millis } from '../model/brand.js';
import { fail } from '../model/error.js';
import { parseHop } from '../model/hop.js';
import { type Cancel, deadline } from '../net/cancel.js';
import { isWholeUrl } from './ask/diff.js';
import type { JudgeLink } from './ask/judge-link.js';
import type { Subject } from './ask/subject.js';
import { headOf } from './checks/check.js';
import { ownExit } from './checks/exits.js';
import { secrets } from './checks/seeded.js';
import type { AuditPlan } from './plan.js';
import { runChecks } from './run-checks.js';
import { type Stand, createStand, usualPatience } from './stand.js';

const modes: readonly Mode[] = ['forward', 'tunnel'];
const longest = 60_000;

/**
 * What fails on the way to the first judge, in the words of either mode; undefined where that took more than a minute, beside the time
 * for which strangers are waited for. Rejects only where it is called off. Other judges are left out: whoever is not accused
 * by the first one is not accused, and what fails on the way to that one alone cannot be told from what a proxy does.
 */
export const seeOwnLine = async (plan: AuditPlan, cancel: Cancel): Promise<readonly Finding[] | undefined> => {
  const { patience = usualPatience } = plan;
  // An accusation is looked at once more, and waited for again.
  const most = plan.tier === 'watch' ? longest + 2 * patience : longest;
  const limit = deadline(millis(most), () => fail('answer-timeout'), cancel);
  try {
    return (await Promise.all(modes.map((mode) => faultsIn(mode, plan, limit)))).flat();
  } catch (thrown) {
    if (cancel.signal.aborted || !limit.signal.aborted) throw thrown;
    return undefined;
  } finally {
    limit.done();
  }
};

const faultsIn = async (mode: Mode, plan: AuditPlan, { signal }: Cancel): Promise<readonly Finding[]> => {
  const { tier, facts, within, random, search, patience } = plan;
  const [judge] = plan.judges;
  const parts = { mode, subject: lineTo(judge), judge, facts, within, random, signal, search, patience };
  const made: Stand[] = [];
  const stands = (nth: number): Stand => (made[nth] ??= createStand(parts));
  const findings = await runChecks(tier, stands, () => undefined);
  const left = (await isTaken(stands(0))) ? ofProxies.filter((id) => id !== ownExit.id) : ofProxies;
  return findings.filter(({ check, answer }) => answer === 'fail' && !left.includes(check));
};

/** What is a proxy's to do: without one your own address is seen, and what is said to a proxy arrives. */
const ofProxies: readonly CheckId[] = [ownExit.id, secrets.id];

/**
 * Whether somebody on the line takes what is for a proxy for himself: he makes a path of the whole URL, as whoever asks the site does.
 * Then it is he, and no proxy, by whom the site sees your address.
 */
const isTaken = async (stand: Stand): Promise<boolean> => {
  const { sent, record } = await stand.echo();
  return sent.isWhole === true && record !== undefined && !isWholeUrl(headOf(record).toString('latin1'));
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
