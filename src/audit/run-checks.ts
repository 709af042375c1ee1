/** Asks checks of one mode, and every accusation once more on another connection before it is made. */

import type { Finding, Mode, Tier } from '../model/audit.js';
import { tiers } from '../model/audit.js';
import { asKaskadeError } from '../model/error.js';
import { explain } from '../model/failure.js';
import { reasonOf } from '../net/cancel.js';
import type { Check, Result } from './checks/check.js';
import { checks } from './checks/index.js';
import type { Stand, WitnessStand } from './stand.js';

/** Stands for the first look and for every further one, each on fresh connections, and before another judge if there is one. */
export type Stands<On = Stand> = (look: number) => On;

/** Asks everything up to a tier. After something hostile nothing more is asked. `onFinding` is told of each as it is settled. */
export const runChecks = async (
  tier: Tier,
  stands: Stands,
  onFinding: (finding: Finding) => void,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  const { mode, witnesses } = stands(0);
  const isAsked = ({ by }: Check): boolean => by === undefined || witnesses !== undefined;
  for (const step of tiers.slice(1, tiers.indexOf(tier) + 1)) {
    const wanted = checks.filter((check) => check.tier === step && check.modes.includes(mode) && isAsked(check));
    const isOver = findings.some(({ answer, caps }) => answer === 'fail' && caps === 'hostile');
    const results = isOver ? wanted.map(() => skipped) : await askAll(wanted, stands);
    for (const [index, check] of wanted.entries()) {
      const finding = findingOf(check, mode, results[index] ?? skipped);
      findings.push(finding);
      onFinding(finding);
    }
  }
  return findings;
};

const skipped: Result = { answer: 'untested', sentence: 'Not asked: what is known is bad enough.' };

/** The results of some checks, in their order. */
export const askAll = async <On extends WitnessStand>(
  wanted: readonly Check<On>[],
  stands: Stands<On>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const check of wanted) results.push(await askOne(check, stands(0)));
  for (const [index, check] of wanted.entries()) {
    const result = results[index];
    if (result?.answer === 'fail') results[index] = await confirm(check, result, stands);
  }
  return results;
};

/** A check that falls over has tested nothing. */
const askOne = async <On extends WitnessStand>(check: Check<On>, stand: On): Promise<Result> => {
  try {
    const result = await check.run(stand);
    const isGrave = result.answer === 'fail' && result.caps === 'hostile';
    return isGrave && (await stand.isSameJudge?.()) === false ? withoutJudge : result;
  } catch (thrown) {
    if (stand.signal.aborted) throw reasonOf(stand);
    return {
      answer: 'untested',
      sentence: `It could not be asked: ${explain(asKaskadeError(thrown).failure).sentence}`,
    };
  }
};

/** Whoever is caught would be caught by the judge that was met, and by no other. */
const withoutJudge: Result = {
  answer: 'untested',
  sentence: 'The judge is gone, or is another one than it was: nothing follows from what came back.',
};

const mostLooks = 4;

/** Seen twice, it is so; seen once in four looks, it is told as that and accuses nobody; nor is a grade given over what is grave. */
const confirm = async <On extends WitnessStand>(
  check: Check<On>,
  first: Result,
  stands: Stands<On>,
): Promise<Result> => {
  let looks = 1;
  for (let look = 1; look < mostLooks; look += 1) {
    const again = await askOne(check, stands(look));
    if (again.answer !== 'untested') looks += 1;
    if (again.answer === 'fail')
      return look === 1 ? first : { ...first, sentence: `${first.sentence} Seen in 2 of ${look + 1} looks.` };
  }
  return {
    ...{ answer: 'inconclusive', evidence: first.evidence ?? [] },
    ...(first.caps === undefined ? {} : { doubt: first.caps }),
    sentence: `Seen once${looks === 1 ? ', and not to be looked at again' : ` in ${looks} looks`}: ${first.sentence}`,
  };
};

/** A result beside the check's own words. */
export const findingOf = (check: Omit<Check, 'run'>, mode: Mode, result: Result): Finding => {
  const { answer, sentence, caps, doubt, evidence = [] } = result;
  const { axis = check.axis, severity = check.severity, remedy = check.remedy } = result;
  return {
    ...{ check: check.id, mode, axis, severity, answer, sentence, evidence },
    ...(answer === 'fail' && caps !== undefined ? { caps } : {}),
    ...(doubt === undefined ? {} : { doubt }),
    ...(answer === 'fail' ? { remedy } : {}),
  };
};
