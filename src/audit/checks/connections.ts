import type { Evidence } from '../../model/audit.js';
import { shown } from '../ask/text.js';
import type { Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { evidence, firstLine } from './cache.js';
import { type Result, check, failed, mixedUp, note, pass, untested, whyNot } from './check.js';
import { bodyVerdict } from './decoys.js';
import { identityIn } from './identity.js';
import { newsBeside } from './news.js';
import { presenceIn } from './presence.js';

/** Whether an answer is for another question than the one it was given to. */
const isMixed = ({ record, reply, instead }: Visit): boolean =>
  instead !== undefined || (record === undefined && reply?.kind === 'answer' && reply.status === 200 && reply.whole);

const mixed = (visits: readonly Visit[]): Result | undefined => {
  const wrong = visits.find(isMixed);
  if (wrong === undefined) return undefined;
  const { reply, instead } = wrong;
  const words = reply?.kind === 'answer' ? shown(reply.body, 120) : '';
  const evidence: readonly Evidence[] =
    instead === undefined
      ? [{ what: 'the answer to a question', sent: 'a signed record', arrived: words }]
      : mixedUp(wrong);
  const what = instead === undefined ? 'an answer that is not the judge’s' : 'the answer to another question';
  return failed(`A question got ${what}.`, 'hostile', evidence);
};

/** H16: answers come in the order of their questions, each to its own. */
export const order = check(
  'H16',
  {
    axis: 'IS',
    severity: 'critical',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'each question gets its own answer',
    meaning:
      'Ten questions go over one connection. Each answer must be that of its question; and none of them may be treated otherwise than the rest.',
    remedy: 'Do not use it: what is for you may go to others.',
  },
  async (stand) => {
    const row = await manyInRow(stand);
    const wrong = mixed(row);
    if (wrong !== undefined) return wrong;
    const answered = row.filter(({ record }) => record !== undefined);
    if (answered.length === 0) return untested(row[0] === undefined ? 'Nothing was asked.' : whyNot(row[0]));
    return answered.length < rowLength
      ? note(`The connection lasted for ${answered.length} of ${rowLength} questions.`)
      : pass(`${rowLength} questions on one connection got their own answers.`);
  },
);

const rowLength = 10;

const manyInRow = (stand: Stand): Promise<readonly Visit[]> =>
  stand.once('row', () => stand.visitInRow(Array.from({ length: rowLength }, () => ({ page: '.txt' as const }))));

/** C05: what is done to one question in ten. */
export const sampling = check(
  'C05',
  {
    axis: 'CO',
    severity: 'high',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'every question is treated alike',
    meaning:
      'Ten questions and ten pages are looked at one by one, since some proxies do what they do only now and then. What happens once in a hundred times is missed in eight of ten audits.',
    remedy: 'Do not use it.',
  },
  async (stand) => {
    const row = (await manyInRow(stand)).filter(({ record }) => record !== undefined);
    const pages = await stand.visitInRow(Array.from({ length: rowLength }, () => ({ page: '.html' as const })));
    const results = [
      ...row.flatMap((visit) =>
        visit.record === undefined
          ? []
          : [identityIn(visit, visit.record, stand), presenceIn(visit, visit.record, stand)],
      ),
      ...pages.map(bodyVerdict),
    ].filter(({ answer }) => answer === 'pass' || answer === 'fail');
    if (results.length < rowLength) return untested('Too few questions got an answer.');
    const bad = results.filter(await newsBeside(stand));
    const worst = bad.find(({ caps }) => caps === 'hostile') ?? bad[0];
    return worst === undefined
      ? pass(`${results.length} looks at questions and pages showed nothing more than the first.`)
      : { ...worst, sentence: `${worst.sentence} Seen in ${bad.length} of ${results.length} looks.` };
  },
);

/** C08: questions at the same time are kept apart. */
export const parallel = check(
  'C08',
  {
    axis: 'IS',
    severity: 'critical',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'users at the same time are kept apart',
    meaning:
      'Two connections ask different questions at the same time, several times over, and two users the same one. No answer may go to the other.',
    remedy: 'Do not use it: what is for you may go to others.',
  },
  async (stand) => {
    const threes = () => stand.visitInRow(Array.from({ length: 3 }, () => ({ page: '.txt' as const })));
    const both = (await Promise.all([threes(), threes()])).flat();
    const wrong = mixed(both);
    if (wrong !== undefined) return wrong;
    const shared = await sharedAtOnce(stand);
    if (shared !== undefined) return shared;
    return both.some(({ record }) => record !== undefined)
      ? pass('Questions at the same time got their own answers.')
      : untested(both[0] === undefined ? 'Nothing was asked.' : whyNot(both[0]));
  },
);

/** Two users ask for the same page at the same time, which is another one for each: some ask the site once for both. */
const sharedAtOnce = async (stand: Stand): Promise<Result | undefined> => {
  const id = stand.freshId();
  const users = [stand.random().slice(0, 12), stand.random().slice(0, 12)];
  const ask = (user: string) =>
    stand.visit({ page: '/private', id, fields: [{ name: 'Cookie', value: `user=${user}` }] });
  const seen = await Promise.all(users.map(ask));
  const told = seen.map((visit) => firstLine(visit) ?? '');
  const isMixedUp = users.some((user, nth) => told.some((line, other) => other !== nth && line.includes(user)));
  const [one, other] = seen;
  return isMixedUp && one !== undefined && other !== undefined
    ? failed('It gave one user the page of another who asked at the same time.', 'hostile', evidence(one, other))
    : undefined;
};
