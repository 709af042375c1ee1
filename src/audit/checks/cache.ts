import { shown } from '../ask/text.js';
import { fieldOf } from '../ask/reply.js';
import { browserFields } from '../ask/request.js';
import type { Ask, Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import { type Check, type Result, check, failed, note, pass, untested, whyNot, worstOf } from './check.js';

/** The first line of an answer: what was told of this visit. */
const firstLine = ({ reply }: Visit): string | undefined =>
  reply?.kind === 'answer' && reply.status === 200 ? reply.body.toString('latin1').split('\n')[0] : undefined;

const evidence = (one: Visit, other: Visit) => [
  { what: 'the first answer', arrived: shown(firstLine(one) ?? '') },
  { what: 'the second answer', arrived: shown(firstLine(other) ?? '') },
];

/** H10: what must not be kept is not kept. */
export const freshness: Check = check(
  'H10',
  {
    axis: 'CA',
    severity: 'high',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'answers that must not be kept are not kept',
    meaning:
      'A page that says no-store is asked for twice. Whoever gets the first answer twice reads what is no longer true, or what was for somebody else.',
    remedy: 'Use it in tunnel mode and for https only.',
  },
  async (stand) => {
    const id = stand.freshId();
    // In the same words, as some keep answers apart by cookies.
    const fields = browserFields(stand.random);
    const one = await stand.visit({ page: '/fresh', id, fields });
    const two = await stand.visit({ page: '/fresh', id, fields });
    const [first, second] = [firstLine(one), firstLine(two)];
    if (first === undefined || second === undefined) return untested(whyNot(first === undefined ? one : two));
    return first === second
      ? failed('It keeps answers that must not be kept.', 'stealth', evidence(one, two))
      : pass('The second time a new answer came.');
  },
);

/** H11: whether it keeps what may be kept. */
export const caching: Check = check(
  'H11',
  {
    axis: 'CA',
    severity: 'info',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'whether it keeps answers',
    meaning:
      'A page that may be kept is asked for twice. A cache is no fault, but it remembers what its users have read.',
    remedy: 'Nothing is wrong with it.',
  },
  async (stand) => {
    const id = stand.freshId();
    const fields = browserFields(stand.random);
    const one = await stand.visit({ page: '/kept', id, fields });
    const two = await stand.visit({ page: '/kept', id, fields });
    const [first, second] = [firstLine(one), firstLine(two)];
    if (first === undefined || second === undefined) return untested(whyNot(first === undefined ? one : two));
    const marks = ['x-cache', 'age'].flatMap((name) => fieldOf(two.reply, name));
    return first === second
      ? note('It keeps answers that may be kept.', [
          ...evidence(one, two),
          { what: 'X-Cache, Age', arrived: shown(marks.join(', ')) },
        ])
      : pass('No cache was seen.');
  },
);

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
      'Pages that are for one user, as their cookie, their login or what they have sent says, are asked for by two made-up users. Who gets the page of the other may as well get your mail.',
    remedy: 'Do not use it.',
  },
  async (stand) => {
    const results: Result[] = [];
    for (const way of ways) results.push(await mixedUp(way, stand));
    const [first = untested('No page was asked for.'), ...more] = results;
    return worstOf([first, ...more]);
  },
);

/** What a user asks. */
type Way = (user: string) => Ask;

/** RFC 9111 §3: none of these may be kept for others. */
const ways: readonly Way[] = [
  (user) => ({ page: '/private', fields: [{ name: 'Cookie', value: `user=${user}` }] }),
  (user) => ({ page: '/session', fields: [{ name: 'Cookie', value: `user=${user}` }] }),
  (user) => ({ page: '/account', fields: [{ name: 'Authorization', value: `Bearer ${user}` }] }),
  (user) => ({ page: '/fresh', method: 'POST', body: Buffer.from(`user=${user}`, 'latin1') }),
];

/** A user gets what tells of the other one, or the very answer to what the other one has sent. */
const mixedUp = async (way: Way, stand: Stand): Promise<Result> => {
  const id = stand.freshId();
  const [one, other] = [stand.random().slice(0, 12), stand.random().slice(0, 12)];
  const first = await stand.visit({ ...way(one), id });
  const second = await stand.visit({ ...way(other), id });
  const [before, told] = [firstLine(first), firstLine(second)];
  if (before === undefined || told === undefined) return untested(whyNot(told === undefined ? second : first));
  // What says how often it was asked for must not say the same twice; what only repeats a field may have got none.
  const isSameCount = /^visit \d+$/.test(told) && told === before;
  return told.includes(one) || isSameCount
    ? failed('It gave one user the page of another.', 'hostile', evidence(first, second))
    : pass('Each of two users got a page of its own.');
};

/** H13: nobody can put words into the pages of others. */
export const poison: Check = check(
  'H13',
  {
    axis: 'CA',
    severity: 'high',
    tier: 'watch',
    modes: ['forward', 'tunnel'],
    title: 'nobody can change what others read',
    meaning:
      'A page that repeats a field is asked for with a word in it, and then without. If the word is still there, anybody can put words into what others read through this proxy.',
    remedy: 'Use it in tunnel mode and for https only.',
  },
  async (stand) => {
    const id = stand.freshId();
    const word = `${stand.random().slice(0, 10)}.invalid`;
    const one = await stand.visit({ page: '/mirror', id, extra: [{ name: 'X-Forwarded-Host', value: word }] });
    const two = await stand.visit({ page: '/mirror', id });
    const told = firstLine(two);
    if (told === undefined || firstLine(one) === undefined) return untested(whyNot(told === undefined ? two : one));
    return told.includes(word)
      ? failed('A word of one user is in the page of the next.', 'stealth', evidence(one, two))
      : pass('The word of one user was not in the page of the next.');
  },
);
