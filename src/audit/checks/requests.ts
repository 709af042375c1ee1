/** What became of every question, and not of the plain one alone: a proxy may touch only pages, only uploads, only the first of a connection. */

import { type PageName, readable } from '../judge/pages.js';
import type { JudgeRecord } from '../judge/record.js';
import type { Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { type Result, inconclusive, recordIn, worstOf } from './check.js';

/** A question, and what the judge saw of it. */
export interface Arrived {
  readonly visit: Visit;
  readonly record: JudgeRecord;
}

/** The verdict on one question. */
export type Verdict = (visit: Visit, record: JudgeRecord) => Result;

/** The worst that became of the plain question and of those for pages; `unseen` has the last word where nothing is known of the plain one. */
export const overRequests = async (
  stand: Stand,
  verdict: Verdict,
  unseen = (result: Result): Result => result,
): Promise<Result> => {
  const plain = await recordIn(await stand.echo(), stand);
  if ('result' in plain) return unseen(plain.result);
  const pages = await pageRequests(stand);
  const first = verdict(plain.visit, plain.record);
  const others = pages.arrived.map((each) => ofKind(verdict(each.visit, each.record), each.visit.page));
  const worst = worstOf([first, ...others]);
  return worst.answer === 'pass' && pages.unknown > 0 ? inconclusive(unknownText) : worst;
};

/** The questions for pages, asked once. */
export const pageRequests = (stand: Stand): Promise<AllArrived> =>
  stand.once('page requests', async () => {
    const visits: Visit[] = [];
    for (const page of readable) visits.push(await stand.page(page));
    return arrivedOf(visits, stand);
  });

const unknownText = 'The judge could not be asked what has arrived.';

/** Questions of which it is known what has arrived, and how many there are of which it is not. */
export interface AllArrived {
  readonly arrived: readonly Arrived[];
  readonly unknown: number;
}

/** Questions that the judge has a record of, with it. What never came to the judge tells nobody anything. */
export const arrivedOf = async (visits: readonly Visit[], stand: Stand): Promise<AllArrived> => {
  const kept = new Map<string, readonly JudgeRecord[]>();
  const missing = (): readonly string[] =>
    visits.filter(({ id, record }) => record === undefined && !kept.has(id)).map(({ id }) => id);
  for (let tries = 0; tries < 3 && missing().length > 0; tries += 1)
    for (const [id, records] of await stand.recordsOfAll(missing())) kept.set(id, records);
  const arrived = visits.flatMap((visit) => {
    const record = visit.record ?? kept.get(visit.id)?.find(({ page }) => page === visit.page);
    return record === undefined ? [] : [{ visit: { ...visit, record }, record }];
  });
  return { arrived, unknown: missing().length };
};

/** Says at which kind of question it was seen. */
export const ofKind = (result: Result, page: PageName): Result =>
  result.answer === 'fail'
    ? {
        ...result,
        sentence: `${result.sentence} Seen where ${page.startsWith('.') ? `a ${page} file` : page} was asked for.`,
      }
    : result;
