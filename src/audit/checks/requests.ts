/** What became of every question, and not of the plain one alone: a proxy may touch only pages, only uploads, only the first of a connection. */

import { type PageName, pathOf } from '../judge/pages.js';
import type { JudgeRecord } from '../judge/record.js';
import type { Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { type Result, recordIn, worstOf } from './check.js';

/** A question, and what the judge saw of it. */
export interface Arrived {
  readonly visit: Visit;
  readonly record: JudgeRecord;
}

/** The verdict on one question. */
export type Verdict = (visit: Visit, record: JudgeRecord) => Result;

/** Pages that a browser fetches by itself. */
export const readable: readonly PageName[] = ['.html', '.js', '.css'];

/** The worst that became of the plain question and of those for pages. */
export const overRequests = async (stand: Stand, verdict: Verdict): Promise<Result> => {
  const plain = await recordIn(await stand.echo(), stand);
  if ('result' in plain) return plain.result;
  const pages = await stand.once('page requests', async () => {
    const visits: Visit[] = [];
    for (const page of readable) visits.push(await stand.page(page));
    return arrivedOf(visits, stand);
  });
  const first = verdict(plain.visit, plain.record);
  const others = pages.map((each) => ofKind(verdict(each.visit, each.record), each.visit.page));
  return first.answer === 'fail' && first.caps === 'transparent' ? first : worstOf([first, ...others]);
};

/** Questions that the judge has a record of, with it. */
export const arrivedOf = async (visits: readonly Visit[], stand: Stand): Promise<readonly Arrived[]> => {
  const silent = visits.filter(({ record }) => record === undefined).map(({ id }) => id);
  const kept = await stand.recordsOfAll(silent);
  return visits.flatMap((visit) => {
    const record = visit.record ?? kept.get(visit.id)?.find(({ page }) => page === visit.page);
    return record === undefined ? [] : [{ visit: { ...visit, record }, record }];
  });
};

/** Says at which kind of question it was seen. */
export const ofKind = (result: Result, page: PageName): Result =>
  result.answer === 'fail'
    ? { ...result, sentence: `${result.sentence} Seen where ${pathOf({ id: '…', name: page })} was asked for.` }
    : result;
