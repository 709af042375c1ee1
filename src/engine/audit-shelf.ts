/** Reports of audits as the book keeps them: grades, exits and traits as facts, and the evidence in short. */

import {
  type Answer,
  type Asked,
  type AuditReport,
  type CheckId,
  type Finding,
  type ModeReport,
  type Tier,
  type Traits,
  isThorough,
} from '../model/audit.js';
import type { Place, Stamp } from '../model/book.js';
import type { SpareLife } from '../model/spare.js';
import { speechOf } from '../model/speech.js';
import type { Audited } from '../book/keep.js';
import type { Book } from '../book/store.js';
import { checks } from '../audit/checks/index.js';
import { mostTold, watchedFor } from '../audit/judge/keep.js';
import type { KeptMode } from './controller.js';

/** What was found of one mode, in short: checks that passed are named only. */
interface Short {
  readonly tier: Tier;
  readonly grade?: ModeReport['grade'];
  readonly sentence: string;
  readonly exits: readonly string[];
  readonly passed: readonly CheckId[];
  readonly findings: readonly Finding[];
  readonly changed: readonly CheckId[];
  readonly watched: readonly Asked[];
  readonly fullAt?: Stamp;
  readonly spareLife?: SpareLife;
}

/** Puts reports into a book: each gives what changed since the last one. */
export const shelve = (
  book: Book,
  reports: readonly { readonly key: number; readonly report: AuditReport }[],
  placeOf: (address: string) => Place,
): ReadonlyMap<AuditReport, readonly CheckId[]> => {
  const changes = new Map<AuditReport, readonly CheckId[]>();
  const audited: Audited[] = [];
  for (const { key, report } of reports) {
    const before = keptModes(book, key);
    const changed = report.modes.map((mode) => changesOf(before, mode));
    changes.set(report, [...new Set(changed.flat())]);
    for (const [index, mode] of report.modes.entries()) {
      const row = rowOf(key, report, { mode, before, changed: changed[index] ?? [], placeOf });
      if (row !== undefined) audited.push(row);
    }
  }
  book.audited(audited);
  book.tried(
    reports
      .filter(({ report: { outcome } }) => outcome === 'audited' || outcome === 'dead')
      .map(({ key, report: { outcome, at, latency } }) => ({
        ...{ key, at, good: outcome === 'audited' },
        ...(latency === undefined ? {} : { latency }),
      })),
  );
  return changes;
};

interface Row {
  readonly mode: ModeReport;
  readonly before: readonly KeptMode[];
  readonly changed: readonly CheckId[];
  readonly placeOf: (address: string) => Place;
}

/** Without a grade nothing is written: what was known before stays. */
const rowOf = (key: number, report: AuditReport, { mode, before, changed, placeOf }: Row): Audited | undefined => {
  const { grade, findings, exits, sentence } = mode;
  if (grade === undefined) return undefined;
  const kept = keptOf(report, mode, before);
  const short: Short = {
    ...{ tier: report.tier, grade, sentence, exits, changed, watched: watchedBy(report, mode, before) },
    ...kept,
    passed: findings.filter(({ answer }) => answer === 'pass').map(({ check }) => check),
    findings: findings.filter(({ answer }) => answer !== 'pass').map(shortened),
  };
  return {
    ...{
      key,
      mode: mode.mode,
      grade,
      alone: mode.alone,
      at: report.at,
      judges: report.judges,
      exits: exits.map(placeOf),
    },
    ...{ detail: JSON.stringify(short), ...(mode.mode === 'tunnel' ? learnedOf(report.traits) : {}) },
    ...(kept.spareLife && { spareLife: kept.spareLife }),
  };
};

/** What this audit has not asked, and the ones before have. */
const keptOf = (
  report: AuditReport,
  { mode }: ModeReport,
  before: readonly KeptMode[],
): Pick<Short, 'spareLife' | 'fullAt'> => {
  const old = before.find((kept) => kept.mode === mode);
  const { spareLife = old?.spareLife } = report.traits;
  const fullAt = isThorough(report.tier) ? report.at : old?.fullAt;
  return { ...(mode === 'tunnel' && spareLife && { spareLife }), ...(fullAt && { fullAt }) };
};

/** Where no port was tried nothing was learned, and what was known before stays. */
const learnedOf = (traits: Traits): Partial<Audited> =>
  traits.opens.length + traits.refuses.length === 0 ? {} : speechOf(traits);

/** As long as judges watch ids, and as many as they are asked of at once. */
const watchedBy = (
  { at, took }: AuditReport,
  { mode, asked }: ModeReport,
  before: readonly KeptMode[],
): readonly Asked[] =>
  [
    ...(asked === undefined ? [] : [{ ids: asked, at, took }]),
    ...(before.find((kept) => kept.mode === mode)?.watched ?? []),
  ]
    .filter((each) => at - each.at < watchedFor)
    .slice(0, mostTold);

const mostEvidence = 300;

const shortened = (finding: Finding): Finding => ({
  ...finding,
  evidence: finding.evidence.slice(0, 3).map(({ what, sent, arrived }) => ({
    what,
    ...(sent === undefined ? {} : { sent: sent.slice(0, mostEvidence) }),
    ...(arrived === undefined ? {} : { arrived: arrived.slice(0, mostEvidence) }),
  })),
});

/** The last report of each mode. */
export const keptModes = (book: Book, key: number): readonly KeptMode[] =>
  book.evidence(key).flatMap(({ mode, at, detail }) => {
    const short = JSON.parse(detail) as Partial<Short>;
    if (short.findings === undefined || short.passed === undefined) return [];
    const as = mode === 'forward' ? 'forward' : 'tunnel';
    return [
      keptMode(as, at, {
        tier: 'quick',
        sentence: '',
        exits: [],
        changed: [],
        watched: [],
        ...short,
        findings: short.findings,
        passed: short.passed,
      }),
    ];
  });

const keptMode = (mode: ModeReport['mode'], at: Stamp, short: Short): KeptMode => {
  const { tier, grade, sentence, exits, changed, watched, fullAt, spareLife, passed, findings } = short;
  const all = checks.flatMap((check): readonly Finding[] => {
    const found = findings.filter((finding) => finding.check === check.id);
    if (!passed.includes(check.id)) return found;
    const { id, axis, severity, title } = check;
    return [{ ...{ check: id, mode, axis, severity, answer: 'pass', evidence: [] }, sentence: `Passed: ${title}.` }];
  });
  return {
    ...{ mode, at, tier, sentence, exits, changed, watched, findings: all },
    ...(grade && { grade }),
    ...(fullAt && { fullAt }),
    ...(spareLife && { spareLife }),
  };
};

/** Checks that say something else than the last time; what was not asked either time has not changed. */
const changesOf = (before: readonly KeptMode[], mode: ModeReport): readonly CheckId[] => {
  const old = before.find((kept) => kept.mode === mode.mode);
  if (old === undefined) return [];
  const said = new Map<CheckId, Answer>(old.findings.map(({ check, answer }) => [check, answer]));
  return mode.findings
    .filter(({ check, answer }) => isTold(answer) && isTold(said.get(check)) && said.get(check) !== answer)
    .map(({ check }) => check);
};

const isTold = (answer: Answer | undefined): boolean => answer === 'pass' || answer === 'fail' || answer === 'note';
