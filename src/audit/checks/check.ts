/** What a check is: one question, how its answer is read, and what a person is told of it. */

import type { Answer, Axis, CheckId, CheckText, Evidence, Severity } from '../../model/audit.js';
import { type Grade, grades } from '../../model/book.js';
import { explain } from '../../model/failure.js';
import type { JudgeRecord } from '../judge/record.js';
import { shown } from '../ask/text.js';
import type { Visit } from '../ask/visit.js';
import type { Stand, WitnessStand } from '../stand.js';

/** The answer to a check, before it is put beside the check's own words. */
export interface Result {
  readonly answer: Answer;
  readonly sentence: string;
  readonly caps?: Grade;
  /** What it would leave, where it was seen once only. */
  readonly doubt?: Grade;
  readonly evidence?: readonly Evidence[];
  /** Where it is about another axis than the check is, and less bad, or to be met in another way. */
  readonly axis?: Axis;
  readonly severity?: Severity;
  readonly remedy?: string;
}

/** One check. */
export interface Check<On = Stand> extends CheckText {
  /** What to do about a failure. */
  readonly remedy: string;
  /** Whether no grade is given where it was asked and could not run; what is quick always is. */
  readonly needed?: true;
  /** It asks pages of others, and is left out where there are none; every other one asks the judge. */
  readonly by?: 'witnesses';
  /** Never rejects because of what a proxy does; where it does, the check counts as untested. */
  readonly run: (stand: On) => Promise<Result>;
}

type Texts = Omit<Check, 'id' | 'run' | 'by'>;

/** A row of the table of checks. */
export const check = (id: string, texts: Texts, run: Check['run']): Check => ({ id: id as CheckId, ...texts, run });

/** A check that asks pages of others. */
export type WitnessCheck = Check<WitnessStand>;

/** A row for one. */
export const witnessCheck = (id: string, texts: Texts, run: WitnessCheck['run']): WitnessCheck => ({
  ...{ id: id as CheckId, ...texts, run },
  by: 'witnesses',
});

export const pass = (sentence: string, evidence: readonly Evidence[] = []): Result => ({
  ...{ answer: 'pass', sentence, evidence },
});

export const note = (sentence: string, evidence: readonly Evidence[] = []): Result => ({
  ...{ answer: 'note', sentence, evidence },
});

export const untested = (sentence: string): Result => ({ answer: 'untested', sentence });

export const notForThis = (sentence: string): Result => ({ answer: 'does-not-apply', sentence });

export const inconclusive = (sentence: string, evidence: readonly Evidence[] = []): Result => ({
  ...{ answer: 'inconclusive', sentence, evidence },
});

/** A failure; without a grade it is told and changes none. */
export const failed = (sentence: string, caps: Grade | undefined, evidence: readonly Evidence[]): Result => ({
  ...{ answer: 'fail', sentence, evidence },
  ...(caps === undefined ? {} : { caps }),
});

/** The failure that leaves the lowest grade; where nothing failed, the first result. */
export const worstOf = (results: readonly [Result, ...Result[]]): Result =>
  results.filter(({ answer }) => answer === 'fail').sort((one, other) => rankOf(one) - rankOf(other))[0] ?? results[0];

const rankOf = ({ caps }: Result): number => (caps === undefined ? grades.length : grades.indexOf(caps));

/** Why nothing can be read from a visit, or what the judge saw of it. */
export type Seen = { readonly record: JudgeRecord; readonly visit: Visit } | { readonly result: Result };

/** What the judge saw, from the answer; where the answer does not have it, from the judge itself. */
export const recordIn = async (visit: Visit, stand: Stand): Promise<Seen> => {
  if (visit.record !== undefined) return { record: visit.record, visit };
  if (visit.instead !== undefined)
    return { result: failed('It gave the answer to another question.', 'hostile', mixedUp(visit)) };
  const kept = (await stand.records(visit.id)).find(({ page }) => page === visit.page);
  if (kept !== undefined) return { record: kept, visit };
  return { result: untested(whyNot(visit)) };
};

/** A question, beside the one to which the answer belongs that came. */
export const mixedUp = ({ sent, instead }: Visit): readonly Evidence[] =>
  instead === undefined
    ? []
    : [
        {
          what: 'the question, and whose answer came',
          sent: firstLine(sent.head),
          arrived: firstLine(headOf(instead)),
        },
      ];

const firstLine = (head: Buffer): string => shown(head.toString('latin1').split(/\r?\n/, 1)[0] ?? '', 200);

/** Why a visit gave nothing. */
export const whyNot = ({ failure, reply }: Visit): string => {
  if (failure !== undefined) return `It could not be asked: ${explain(failure).sentence}`;
  if (reply?.kind === 'answer')
    return `It could not be asked: the judge saw nothing of it, and ${reply.status} came back.`;
  return 'It could not be asked: what came back is no answer of HTTP.';
};

/** Whether the judge has answered it: of its own refusals, and of what a proxy or somebody behind it refuses, it keeps nothing. */
export const isKept = async ({ id, page }: Visit, stand: Stand): Promise<boolean> =>
  (await stand.records(id)).some((record) => record.page === page);

/** The head of a request as it arrived. */
export const headOf = (record: JudgeRecord): Buffer => Buffer.from(record.head, 'base64');
