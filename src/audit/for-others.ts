/** A report that may be given away: whatever tells who audited is taken out of it. */

import type { AuditReport, Evidence, Finding, ModeReport } from '../model/audit.js';
import type { Fact } from './identity/facts.js';
import { type Search, createSearch, searchBinary } from './identity/search.js';

/** Takes facts out of reports, in every form in which an audit finds them. */
export const hiding = (facts: readonly Fact[]): ((report: AuditReport) => AuditReport) => {
  const yours = facts.filter(({ of }) => of === 'you');
  let search: Search | undefined;
  const isIn = (text: string): boolean => {
    const bytes = bytesOf(text);
    search ??= createSearch(yours);
    return search(bytes).length > 0 || searchBinary(bytes, yours).length > 0;
  };
  const sentence = (text: string): string => {
    const clear = yours.reduce((left, fact) => left.replaceAll(fact.text, hidden), text);
    return isIn(clear) ? hidden : clear;
  };
  const words = (text: string): string => (isIn(text) ? hidden : text);
  const evidence = ({ what, sent, arrived }: Evidence): Evidence => ({
    what: words(what),
    ...(sent === undefined ? {} : { sent: words(sent) }),
    ...(arrived === undefined ? {} : { arrived: words(arrived) }),
  });
  const finding = (found: Finding): Finding => ({
    ...found,
    sentence: sentence(found.sentence),
    evidence: found.evidence.map(evidence),
  });
  const mode = ({ asked: _asked, ...rest }: ModeReport): ModeReport => ({
    ...rest,
    sentence: sentence(rest.sentence),
    findings: rest.findings.map(finding),
    exits: rest.exits.map(words),
  });
  return (report) => ({ ...report, sentence: sentence(report.sentence), modes: report.modes.map(mode) });
};

const hidden = '[yours, taken out]';

/** Evidence shows bytes that are no text as `\xNN`. */
const bytesOf = (text: string): Buffer =>
  Buffer.from(
    text.replace(/\\x([0-9a-f]{2})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  );
