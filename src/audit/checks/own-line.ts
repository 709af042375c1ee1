import type { CheckId, Finding } from '../../model/audit.js';
import type { Subject } from '../ask/subject.js';
import { type Check, type Result, check, note, notForThis, pass } from './check.js';

/** C09: the same questions without a proxy. */
export const ownLine: Check = check(
  'C09',
  {
    axis: 'CO',
    severity: 'info',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    title: 'your own line changes nothing',
    meaning:
      'Before the first proxy is asked, the judge is asked the same questions directly, in the words of either mode. What your own line or network does to them by itself, no proxy can be accused of in that mode.',
    remedy: 'Audit from another network.',
  },
  () => Promise.resolve(notForThis('The own line was not looked at.')),
);

/** What is told of the own line beside every proxy. */
export const ownLineResult = (faults: readonly Finding[]): Result => {
  const ids = idsOf(faults);
  return ids.length === 0
    ? pass('The same questions came through your own line untouched.')
    : note(
        `Your own line does by itself what ${ids.join(', ')} ${ids.length === 1 ? 'looks' : 'look'} for: nobody is accused of that.`,
      );
};

const idsOf = (faults: readonly Finding[]): readonly CheckId[] => [...new Set(faults.map(({ check: id }) => id))];

/** The same beside a proxy that is spoken to over TLS, where the line does not open that. */
export const sealed: Result = pass('What goes to it over TLS your own line cannot touch.');

/** Whether that is so: a line that opens TLS may touch what is inside. */
export const isSealed = ({ hop }: Subject, allFaults: readonly Finding[]): boolean =>
  hop.scheme === 'https' && !allFaults.some(({ check: id }) => alike['X03']?.includes(id));

/** Pages of others show in their own way what these checks look for: the line is not asked for them by itself. */
const alike: Readonly<Record<string, readonly string[]>> = { X01: ['A03'], X02: ['H02', 'H03'], X03: ['T02', 'T03'] };

/** A failure that the own line has too accuses nobody. */
export const excused = (finding: Finding, faults: readonly Finding[]): Finding => {
  const same: readonly string[] = [finding.check, ...(alike[finding.check] ?? [])];
  if (finding.answer !== 'fail' || !faults.some(({ check: id }) => same.includes(id))) return finding;
  const { caps: _caps, remedy: _remedy, ...rest } = finding;
  return {
    ...rest,
    answer: 'inconclusive',
    sentence: `Your own line does the same without a proxy, so that nothing follows from it: ${finding.sentence}`,
  };
};
