/** A report as it is printed: grades first, then what was found with its evidence, then what was not tested. */

import {
  type AuditReport,
  type CheckId,
  type Evidence,
  type Finding,
  type ModeReport,
  checksByReason,
  seenBy,
} from '../model/audit.js';
import { type Grade, grades } from '../model/book.js';
import type { SpareLife } from '../model/spare.js';
import { speechOf, speechText } from '../model/speech.js';
import type { Output, Piece } from './output.js';

/** How a report is printed. */
interface Telling {
  readonly changed: readonly CheckId[];
  /** It is the only one: everything is told. */
  readonly isAlone: boolean;
}

/** Prints a report. */
export const tellReport = (output: Output, report: AuditReport, { changed, isAlone }: Telling): void => {
  output.say({ tone: 'strong', text: report.proxy }, `  ${headOf(report, isAlone)}`);
  if (report.outcome !== 'audited') return;
  for (const mode of report.modes) tellMode(output, mode, isAlone);
  if (changed.length > 0) output.say(`  changed since the last audit: ${changed.join(', ')}`);
  if (isAlone) tellEnd(output, report);
};

const headOf = (report: AuditReport, isAlone: boolean): string => {
  const { outcome, sentence, took, tier } = report;
  if (outcome !== 'audited' || tier === 'pulse') return `${outcome}: ${sentence}`;
  return `${tier}, ${(took / 1_000).toFixed(1)} s${isAlone ? '' : `, ${whenText(report)}`}`;
};

const whenText = ({ at, judges }: AuditReport): string =>
  `at ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC by ${seenBy(judges)}`;

const tellMode = (output: Output, { mode, grade, sentence, findings, exits }: ModeReport, isAlone: boolean): void => {
  output.say(`  ${mode.padEnd(8)}`, gradePiece(grade), `  ${sentence}`);
  if (exits.length > 0) output.say({ tone: 'faint', text: `    goes out by ${exits.join(', ')}` });
  for (const finding of findings) {
    if (finding.answer === 'fail' || finding.answer === 'inconclusive') tellFinding(output, finding);
    else if (isAlone && finding.answer === 'note')
      output.say({ tone: 'faint', text: `    ${finding.check}  ${finding.sentence}` });
  }
  tellRest(output, findings, isAlone);
};

/** What passed, and what was not tested and why. */
const tellRest = (output: Output, findings: readonly Finding[], isAlone: boolean): void => {
  const passed = findings.filter(({ answer }) => answer === 'pass').map(({ check }) => check);
  if (isAlone && passed.length > 0) output.say({ tone: 'faint', text: `    passed: ${passed.join(', ')}` });
  for (const [why, checks] of checksByReason(findings))
    output.say({ tone: 'faint', text: `    ${checks.join(', ')}  not tested: ${isAlone ? why : firstOf(why)}` });
};

/** The first sentence. */
const firstOf = (text: string): string => text.replace(/(?<=\.) .*$/s, '');

const gradePiece = (grade: Grade | undefined): Piece => {
  if (grade === undefined) return 'no grade  ';
  const place = grades.indexOf(grade);
  const text = grade.toUpperCase();
  if (place <= grades.indexOf('partial')) return { tone: 'bad', text };
  return place >= grades.indexOf('clean') ? { tone: 'good', text } : { tone: 'strong', text };
};

const tellFinding = (output: Output, { check, answer, severity, sentence, remedy, evidence }: Finding): void => {
  const word = answer === 'fail' ? severity : 'not sure';
  output.say(`    ${check}  `, { tone: answer === 'fail' ? 'bad' : 'faint', text: word }, `  ${sentence}`);
  for (const each of evidence) tellEvidence(output, each);
  if (remedy !== undefined) output.say(`         `, { tone: 'faint', text: remedy });
};

const mostLines = 8;

/** Of two texts only the lines are printed that the other one does not have. */
const tellEvidence = (output: Output, { what, sent, arrived }: Evidence): void => {
  output.say({ tone: 'faint', text: `         ${what}` });
  tellLines(output, 'sent', linesOf(sent, arrived));
  tellLines(output, 'arrived', linesOf(arrived, sent));
};

const linesOf = (text = '', other = ''): readonly string[] => {
  const known = new Set(other.split('\n'));
  return text.split('\n').filter((line) => line.trim() !== '' && !known.has(line));
};

const tellLines = (output: Output, sign: 'sent' | 'arrived', lines: readonly string[]): void => {
  for (const line of lines.slice(0, mostLines)) output.say(`           ${sign.padEnd(8)}${line}`);
  if (lines.length > mostLines)
    output.say({ tone: 'faint', text: `           ${lines.length - mostLines} more lines` });
};

const tellEnd = (output: Output, report: AuditReport): void => {
  const { traits } = report;
  const { spareLife } = traits;
  const speech = speechText(speechOf(traits));
  if (speech !== undefined) output.say({ tone: 'faint', text: `  ${speech}` });
  if (spareLife !== undefined) output.say({ tone: 'faint', text: `  ${spareLifeText(spareLife)}` });
  output.say({
    tone: 'faint',
    text: `  seen ${whenText(report)}; it may be otherwise tomorrow`,
  });
};

const spareLifeText = ({ how, after }: SpareLife): string => {
  const time = `${(after / 1_000).toFixed(1)} s`;
  return how === 'ended'
    ? `a connection on which nothing is said is ended by it after ${time}`
    : `a connection on which nothing is said lives for ${time} at least`;
};
