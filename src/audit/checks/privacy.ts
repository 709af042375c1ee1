import type { Ask, Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { evidence, firstLine } from './cache.js';
import { type Check, type Result, check, failed, pass, untested, whyNot, worstOf } from './check.js';

/** H12: what is for one user is not given to another. */
export const privacy: Check = check(
  'H12',
  {
    axis: 'IS',
    severity: 'critical',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'answers for one user are not given to another',
    meaning:
      'Pages that are for one user, as their cookie, their login, their address or what they have sent says, are asked for by two made-up users, and one page is asked for at every host of the judge. Who gets the page of the other may as well get your mail.',
    remedy: 'Do not use it.',
  },
  async (stand) => {
    const [one, other] = [stand.random().slice(0, 12), stand.random().slice(0, 12)];
    const ids = ways.map(stand.freshId);
    const [before, behind] = [await askedBy(one, ids, stand), await askedBy(other, ids, stand)];
    const results = before.flatMap((first, nth) => {
      const second = behind[nth];
      return second === undefined ? [] : [mixedUp(first, second, one)];
    });
    const [first = untested('No page was asked for.'), ...more] = [...results, ...(await acrossSites(stand))];
    return worstOf([first, ...more]);
  },
);

/** What a user asks. */
type Way = (user: string) => Ask;

const cookie = (user: string) => ({ fields: [{ name: 'Cookie', value: `user=${user}` }] });
const login = (user: string) => ({ fields: [{ name: 'Authorization', value: `Bearer ${user}` }] });
const upload = (user: string) => ({ method: 'POST', body: Buffer.from(`user=${user}`, 'latin1') });

/** RFC 9111 §3, §4: none of these may be kept for others. */
const ways: readonly Way[] = [
  (user) => ({ page: '/private', ...cookie(user) }),
  (user) => ({ page: '/session', ...cookie(user) }),
  (user) => ({ page: '/account', ...login(user) }),
  (user) => ({ page: '/fresh', ...cookie(user) }),
  (user) => ({ page: '/fresh', ...login(user) }),
  (user) => ({ page: '/fresh', ...upload(user) }),
  (user) => ({ page: '/kept', ...upload(user) }),
  (user) => ({ page: '/kept', query: `?user=${user}` }),
];

/** Everything that a user asks, over one connection as far as that lasts. */
const askedBy = async (user: string, ids: readonly string[], stand: Stand): Promise<readonly Visit[]> => {
  const asks = ways.map((way, nth): Ask => ({ ...way(user), ...(ids[nth] === undefined ? {} : { id: ids[nth] }) }));
  const visits = (await stand.visitInRow(asks)).filter(({ failure }) => failure === undefined);
  for (const ask of asks.slice(visits.length)) visits.push(await stand.visit(ask));
  return visits;
};

/** A user gets what tells of the other one, or the very answer to what the other one has asked. */
const mixedUp = (first: Visit, second: Visit, user: string): Result => {
  const [before, told] = [firstLine(first), firstLine(second)];
  if (before === undefined || told === undefined) return untested(whyNot(told === undefined ? second : first));
  return told.includes(user) || isSameCount(before, told)
    ? failed('It gave one user the page of another.', 'hostile', evidence(first, second))
    : pass('Each of two users got a page of its own.');
};

/** What says how often it was asked for must not say the same twice; what only repeats a field may have got none. */
const isSameCount = (before: string, told: string): boolean => /^visit \d+$/.test(told) && told === before;

/** A page that may be kept, at the judge's usual host and at others: to whoever keeps it, each is a site of its own. */
const acrossSites = async (stand: Stand): Promise<readonly Result[]> => {
  const hosts = [...stand.judge.ports.slice(0, 1), ...stand.judge.others.slice(0, 1)];
  if (hosts.length === 0) return [];
  const id = stand.freshId();
  const first = await stand.visit({ page: '/kept', id });
  const results: Result[] = [];
  for (const host of hosts) {
    const seen = await stand.visit({ page: '/kept', id, host });
    if (isSameRecord(first, seen))
      results.push(failed('It gave the page of one site for that of another.', 'hostile', evidence(first, seen)));
  }
  return results;
};

/** What a judge has signed of one request is never what it signs of another. */
const isSameRecord = ({ record: one }: Visit, { record: other }: Visit): boolean =>
  one !== undefined && JSON.stringify(one) === JSON.stringify(other);
