/** The results of many audits as they come, a row for each proxy: grades, and the worst of what was found. */

import { type AuditReport, type Finding, type Mode, severities } from '../model/audit.js';
import { cutTo, padTo } from './columns.js';
import type { Output } from './output.js';

/** Rows under a head. */
export interface Table {
  readonly add: (report: AuditReport) => void;
}

/** A table as wide as the terminal; the head is printed with the first row. */
export const createTable = (output: Output, columns: number): Table => {
  const proxy = Math.max(12, Math.min(44, columns - 2 * grade - least));
  let isBegun = false;
  const line = (name: string, forward: string, tunnel: string, rest = ''): string =>
    cutTo(
      [padTo(cutTo(name, proxy), proxy), padTo(forward, grade - 2), padTo(tunnel, grade - 2), rest]
        .join('  ')
        .trimEnd(),
      columns - 1,
    );
  return {
    add: (report) => {
      if (!isBegun) output.say({ tone: 'faint', text: line('proxy', 'forward', 'tunnel', 'the worst of it') });
      isBegun = true;
      const { outcome, sentence } = report;
      if (outcome === 'audited')
        output.say(line(report.proxy, gradeIn(report, 'forward'), gradeIn(report, 'tunnel'), worstIn(report)));
      else
        output.say({
          tone: 'faint',
          text: cutTo(`${padTo(cutTo(report.proxy, proxy), proxy)}  ${outcome}: ${sentence}`, columns - 1),
        });
    },
  };
};

/** The longest grade and two blanks, and what a finding needs at least. */
const [grade, least] = [13, 26];

const gradeIn = ({ modes }: AuditReport, wanted: Mode): string => {
  const found = modes.find(({ mode }) => mode === wanted);
  return found === undefined ? '-' : (found.grade ?? 'no grade');
};

const worstIn = ({ modes }: AuditReport): string => {
  const [worst] = modes
    .flatMap(({ findings }): readonly Finding[] => findings)
    .filter(({ answer }) => answer === 'fail')
    .sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity));
  return worst === undefined ? '' : `${worst.check} ${worst.sentence}`;
};
