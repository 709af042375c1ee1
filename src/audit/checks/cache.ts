import { shown } from '../ask/text.js';
import { fieldOf } from '../ask/reply.js';
import { browserFields } from '../ask/request.js';
import type { Ask, Visit } from '../ask/visit.js';
import type { Stand } from '../stand.js';
import type { PageName } from '../judge/pages.js';
import { type Check, type Result, check, failed, note, pass, untested, whyNot } from './check.js';
import { bodyVerdict } from './decoys.js';

/** The first line of an answer: what was told of this visit. */
export const firstLine = ({ reply }: Visit): string | undefined =>
  reply?.kind === 'answer' && reply.status === 200 ? reply.body.toString('latin1').split('\n')[0] : undefined;

/** Two answers beside each other. */
export const evidence = (one: Visit, other: Visit) => [
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
      'Pages of several kinds that say no-store are asked for again. Whoever gets an earlier answer reads what is no longer true, or what was for somebody else.',
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
    if (first === second) return failed(keeps, 'stealth', evidence(one, two));
    return (await keptIn(stand, [one, two])) ?? pass('Whatever was asked for again came anew.');
  },
);

const keeps = 'It keeps answers that must not be kept.';

/** Of every kind one; none may be kept. */
const kinds = ['.html', '.js', '.png', '.apk', '/missing', '/moved'] as const satisfies readonly PageName[];

/** Asks twice for one page of every kind, by names of their own; what comes back whole without the judge was kept. Undefined where nothing was. */
const keptIn = async (stand: Stand, fresh: readonly Visit[]): Promise<Result | undefined> => {
  const asks = kinds.map((page): Ask => ({ page, id: stand.freshId() }));
  const ids = asks.flatMap(({ id }) => id ?? []);
  await stand.visitInRow(asks);
  const had = await stand.recordsOfAll(ids);
  const again = await stand.visitInRow([...asks, ...fresh.map(({ id, page }): Ask => ({ id, page }))]);
  const has = await stand.recordsOfAll(ids);
  const lines = [...fresh, ...again.filter(({ page }) => page === '/fresh')];
  const same = lines.find((visit, nth) => lines.slice(0, nth).some((other) => isSameLine(visit, other)));
  if (same !== undefined)
    return failed(keeps, 'stealth', [{ what: 'an answer that came again', arrived: shown(firstLine(same) ?? '') }]);
  const kept = again.find((visit) => {
    const [earlier, now] = [had, has].map((records) => records.get(visit.id)?.length);
    return earlier === 1 && now === 1 && bodyVerdict(visit).answer === 'pass';
  });
  return (
    kept && failed(keeps, 'stealth', [{ what: kept.page, arrived: 'the same again, and the judge was not asked' }])
  );
};

const isSameLine = (one: Visit, other: Visit): boolean => {
  const line = firstLine(one);
  return line !== undefined && line === firstLine(other);
};

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
