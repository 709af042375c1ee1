/** `kaskade audit`: what proxies really do to traffic. */

import { readFileSync } from 'node:fs';
import type { AuditReport, CheckText, Tier } from '../model/audit.js';
import { axes, tiers } from '../model/audit.js';
import { type Grade, grades } from '../model/book.js';
import { millis, now, since } from '../model/brand.js';
import { fail } from '../model/error.js';
import type { AuditDesk, AuditWish } from '../engine/controller.js';
import { meterText } from './audit-meter.js';
import { reservePage } from './audit-file.js';
import { tellReport } from './audit-report.js';
import { createTable } from './audit-table.js';
import type { Face, Furnish } from './face.js';
import type { Output } from './output.js';
import { catchSignals } from './signals.js';
import { createStatusLine } from './status-line.js';

interface Flags {
  readonly file?: string;
  readonly cascade?: string;
  readonly all?: true;
  readonly filter?: string;
  readonly tier: string;
  readonly judge?: readonly string[];
  readonly witness?: readonly string[];
  readonly failOn?: string;
  readonly explain?: string;
  readonly html?: string;
  readonly yes?: true;
  readonly timeout?: string;
  readonly concurrency?: string;
}

const more = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Puts `audit` on the command line. */
export const furnishAudit: Furnish = (command, run) => {
  command
    .argument('[proxies...]', 'as hops, or as the book names them')
    .option('--file <file>', 'proxies from a file, one a line')
    .option('--cascade <name>', 'a whole cascade, as a site sees it')
    .option('--all', 'all proxies of the book that are not archived')
    .option('--filter <filter>', "those of the book that a filter finds, such as 'released, country=DE'")
    .option('--tier <tier>', 'pulse (does it work), quick (a first grade), full, watch (with waiting)', 'quick')
    .option('--judge <url>', 'http://HOST:PORT/#KEY, as kaskade judge prints it; may be given again', more)
    .option(
      '--witness <url>',
      'a page of others that is asked too, directly and through each proxy; may be given again',
      more,
    )
    .option('--fail-on <grade>', 'leave with 1 where a proxy has that grade or a worse one')
    .option('--explain <check>', 'what a check does and what its failure means; * for all')
    .option('--html <file>', 'write a page with all results')
    .option('--yes', 'agree, once and for all, that proxies of other people are asked')
    .option('--timeout <seconds>', 'how long one question may take')
    .option('--concurrency <number>', 'proxies at once', '256');
  run(command, async (face, proxies) => {
    const flags = command.opts<Flags>();
    const { audits } = await face.program();
    return flags.explain === undefined
      ? work(face, audits, { proxies, flags })
      : explain(face.output, audits, flags.explain);
  });
};

/** The ids of pages that are asked for once are nobody's business: who knows them could come for them. */
const withoutAsked = (report: AuditReport): AuditReport => ({
  ...report,
  modes: report.modes.map(({ asked: _asked, ...mode }) => mode),
});

interface Asked {
  readonly proxies: readonly string[];
  readonly flags: Flags;
}

const work = async (face: Face, audits: AuditDesk, { proxies, flags }: Asked): Promise<number> => {
  const { output } = face;
  const failOn = flags.failOn === undefined ? undefined : gradeOf(flags.failOn);
  const of = targetsOf(proxies, flags);
  const tier = tierOf(flags.tier);
  const options = optionsOf(flags);
  // Hours of work are not lost for a file that cannot be written.
  const page = flags.html === undefined ? undefined : reservePage(flags.html);
  const { signal } = catchSignals();
  const teller = createTeller(output, { of, keepsForOthers: page !== undefined });
  try {
    await audits.run({ ...{ of, tier, signal }, ...teller.on, ...options });
  } finally {
    teller.end({ isStopped: signal.aborted });
    await page?.write(teller.forOthers, audits);
  }
  return failOn !== undefined && teller.reports.some((report) => isAsBad(report, failOn)) ? 1 : 0;
};

/** What is told while an audit runs, and when it has ended. */
interface Teller {
  readonly on: Pick<AuditWish, 'onReport' | 'onProgress' | 'onNotice'>;
  readonly end: (how: { readonly isStopped: boolean }) => void;
  readonly reports: readonly AuditReport[];
  readonly forOthers: readonly AuditReport[];
}

interface Telling {
  readonly of: AuditWish['of'];
  readonly keepsForOthers: boolean;
}

/** On a terminal many are a table while they run, and reports of those that work at the end; elsewhere reports as they come. */
const createTeller = (output: Output, { of, keepsForOthers }: Telling): Teller => {
  const isAlone = of.kind === 'cascade' || (of.kind === 'proxies' && of.proxies.length === 1);
  const isTable = process.stdout.isTTY && !output.json && !isAlone;
  const foot = createStatusLine(output);
  const table = createTable(output, isTable ? process.stdout.columns : 80);
  const began = now();
  const reports: AuditReport[] = [];
  const forOthers: AuditReport[] = [];
  const later: (() => void)[] = [];
  let all = 0;
  return {
    reports,
    forOthers,
    on: {
      onReport: (report, changed, hide) => {
        foot.clear();
        reports.push(report);
        if (keepsForOthers) forOthers.push(hide());
        const tell = (): void => {
          tellReport(output, report, { changed, isAlone });
        };
        if (isTable) table.add(report);
        if (!isTable) tell();
        else if (report.outcome === 'audited') later.push(tell);
        output.value({ event: 'report', ...withoutAsked(report), changed });
      },
      onProgress: (progress) => {
        all = progress.all;
        foot.show(meterText(progress, since(began, now())));
      },
      onNotice: (text) => {
        foot.clear();
        output.note(text);
      },
    },
    end: ({ isStopped }) => {
      foot.clear();
      for (const tell of later) tell();
      tellSum(output, reports);
      if (isStopped && all > 1) output.note(stoppedText(of, { done: reports.length, all }));
    },
  };
};

const stoppedText = (of: AuditWish['of'], { done, all }: { readonly done: number; readonly all: number }): string =>
  `${done} of ${all} have their report${of.kind === 'book' ? '; the same command goes on with the others' : ''}.`;

const optionsOf = ({ judge, witness, yes, timeout, concurrency }: Flags): Partial<AuditWish> => ({
  ...(judge === undefined ? {} : { judges: judge }),
  ...(witness === undefined ? {} : { witnesses: witness }),
  ...(yes === undefined ? {} : { agreed: yes }),
  ...(timeout === undefined ? {} : { within: millis(numberOf('--timeout', timeout, 300) * 1_000) }),
  ...(concurrency === undefined ? {} : { most: numberOf('--concurrency', concurrency, 8_000) }),
});

const numberOf = (flag: string, text: string, most: number): number => {
  const value = /^\d{1,5}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (value <= 0 || value > most)
    throw fail('bad-usage', { note: `${flag} is a number above 0, and ${most} at most.` });
  return value;
};

const targetsOf = (proxies: readonly string[], { file, cascade, all, filter }: Flags): AuditWish['of'] => {
  const named = [...proxies, ...(file === undefined ? [] : linesOf(file))];
  const ways = [named.length > 0, cascade !== undefined, all === true || filter !== undefined].filter(Boolean).length;
  if (ways !== 1)
    throw fail('bad-usage', { note: 'An audit needs one of: proxies or --file, --cascade NAME, --all or --filter.' });
  if (cascade !== undefined) return { kind: 'cascade', name: cascade };
  return named.length > 0 ? { kind: 'proxies', proxies: named } : { kind: 'book', filter: filter ?? '' };
};

const linesOf = (path: string): readonly string[] => {
  const lines = textOf(path)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw fail('bad-usage', { note: `There is no proxy in ${path}.` });
  return lines;
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw fail('file-unreadable', { note: path }, thrown);
  }
};

const tierOf = (text: string): Tier => {
  const tier = tiers.find((each) => each === text);
  if (tier === undefined) throw fail('bad-usage', { note: `--tier is one of ${tiers.join(', ')}.` });
  return tier;
};

const gradeOf = (text: string): Grade => {
  const grade = grades.find((each) => each === text.toLowerCase());
  if (grade === undefined) throw fail('bad-usage', { note: `--fail-on is one of ${grades.join(', ')}.` });
  return grade;
};

const isAsBad = ({ modes }: AuditReport, worst: Grade): boolean =>
  modes.some(({ grade }) => grade !== undefined && grades.indexOf(grade) <= grades.indexOf(worst));

const tellSum = (output: Output, reports: readonly AuditReport[]): void => {
  if (reports.length < 2) return;
  const counts = new Map<string, number>();
  for (const { outcome, modes, tier } of reports) {
    const words =
      outcome === 'audited'
        ? modes.map(({ mode, grade }) => `${mode} ${grade ?? (tier === 'pulse' ? 'works' : 'without a grade')}`)
        : [outcome];
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts]
    .sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]))
    .map(([word, count]) => `${count} ${word}`);
  output.note(`${reports.length} proxies: ${parts.join(', ')}`);
};

const explain = (output: Output, { checks }: AuditDesk, wanted: string): number => {
  const found = checks.filter(({ id }) => wanted === '*' || id.toLowerCase() === wanted.toLowerCase());
  if (found.length === 0)
    throw fail('bad-usage', {
      note: `There is no check ${wanted.slice(0, 8)}; there are ${checks.map(({ id }) => id).join(', ')}.`,
    });
  for (const check of found) tellCheck(output, check);
  return 0;
};

const tellCheck = (output: Output, check: CheckText): void => {
  const { id, title, meaning, axis, severity, tier, modes } = check;
  output.say({ tone: 'strong', text: `${id}: ${title}` });
  output.say(`  ${meaning}`);
  output.say({
    tone: 'faint',
    text: `  ${axis}: ${axes[axis]}; ${severity}; asked from tier ${tier} on, in ${modes.join(' and ')} mode`,
  });
  output.value({ event: 'check', ...check });
};
