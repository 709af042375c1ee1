import type { SpareLife } from '../../model/spare.js';
import type { Millis } from '../../model/brand.js';
import { reasonOf, whenAborted } from '../../net/cancel.js';
import { moment } from '../judge/keep.js';
import type { JudgeRecord } from '../judge/record.js';
import type { Ask, Visit } from '../ask/visit.js';
import { shown } from '../ask/text.js';
import { inWords } from '../in-words.js';
import { spareLifeAt } from '../spare-life.js';
import type { Stand } from '../stand.js';
import { type Check, type Result, check, failed, headOf, pass, untested, whyNot, worstOf } from './check.js';
import { otherKinds } from './kinds.js';

/** C06: nobody asks again for what was asked for. */
export const revisits: Check = check(
  'C06',
  {
    axis: 'IS',
    severity: 'high',
    tier: 'watch',
    modes: ['forward', 'tunnel'],
    title: 'nobody looks at what you looked at',
    meaning:
      'The address of the question is known to the proxy only. After a while the judge is asked, around the proxy, whether somebody else came for it.',
    remedy: 'Somebody reads along: use tunnel mode and https only.',
  },
  async (stand) => {
    // What was asked before the waiting is looked at behind it: some come only for what was asked with a login.
    const before = (await otherKinds(stand)).filter(({ sent }) => sent.body.length === 0);
    return worstOf([strangersAt((await lures(stand)).page, stand), ...(await latecomers(before, stand))]);
  },
);

/** Those who came much later for what was asked once, with nothing in it that could be used. Who comes at once is told by another check. */
const latecomers = async (visits: readonly Visit[], stand: Stand): Promise<readonly Result[]> => {
  const kept = await stand.recordsOfAll(visits.map(({ id }) => id));
  return visits.flatMap((seen) => {
    const [own, ...more] = (kept.get(seen.id) ?? []).filter(({ page }) => page === seen.page);
    // Whoever still owed the answer may have asked again for it.
    const later = more.filter((other) => own !== undefined && other.at - own.at > seen.took + moment);
    return later.length === 0 ? [] : [strangersAt({ seen, own, later }, stand)];
  });
};

/** C07: nobody tries the passwords that went through. */
export const passwords: Check = check(
  'C07',
  {
    axis: 'IS',
    severity: 'critical',
    tier: 'watch',
    modes: ['forward'],
    title: 'nobody tries passwords that went through',
    meaning:
      'A made-up name and password are sent to a page that only the proxy knows of. After a while the judge is asked whether somebody came to use them.',
    remedy: 'Never send a password through it.',
  },
  async (stand) => {
    const { login } = await lures(stand);
    return login === undefined ? untested('No login was sent.') : strangersAt(login, stand);
  },
);

/** Something that was asked for once, and what the judge had seen of it then and later. */
interface Lure {
  readonly seen: Visit;
  readonly own: JudgeRecord | undefined;
  readonly later: readonly JudgeRecord[];
}

interface Lures {
  readonly page: Lure;
  readonly login?: Lure;
  readonly spareLife?: SpareLife;
}

/** What was seen of a silent connection while it was waited; empty where it was not waited. */
export const spareLifeWhile = async (stand: Stand): Promise<Pick<Lures, 'spareLife'>> => {
  const { spareLife } = await lures(stand);
  return spareLife === undefined ? {} : { spareLife };
};

/** A page, and where the proxy forwards a login, are waited for together. */
const lures = (stand: Stand): Promise<Lures> =>
  stand.once('later', async () => {
    const page = await stand.visit({ page: '.html' });
    const login = stand.mode === 'forward' ? await stand.visit(loginFor(stand)) : undefined;
    const ids = [page.id, ...(login === undefined ? [] : [login.id])];
    const own = await stand.recordsOfAll(ids);
    const isSeen = ids.some((id) => own.get(id)?.[0] !== undefined);
    const spareLife = isSeen ? await waited(stand) : undefined;
    const later = isSeen ? await stand.recordsOfAll(ids) : own;
    const lureOf = (seen: Visit): Lure => ({
      ...{ seen, own: own.get(seen.id)?.[0], later: later.get(seen.id) ?? [] },
    });
    return { page: lureOf(page), ...(login && { login: lureOf(login) }), ...(spareLife && { spareLife }) };
  });

/** In tunnel mode, in which spare connections are kept, a silent one is watched meanwhile. */
const waited = async (stand: Stand): Promise<SpareLife | undefined> => {
  const [spareLife] = await Promise.all([
    stand.mode === 'tunnel' ? spareLifeAt(stand) : undefined,
    rested(stand.patience, stand),
  ]);
  return spareLife;
};

const loginFor = ({ random }: Stand): Ask => ({
  ...{ page: '.txt', method: 'POST' },
  body: Buffer.from(`user=decoy${random().slice(0, 8)}&password=${random().slice(0, 14)}`, 'latin1'),
  extra: [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }],
});

/** A judge that has forgotten what it had seen cannot say that nobody came. */
const strangersAt = ({ seen, own, later }: Lure, { patience }: Stand): Result => {
  if (own === undefined) return untested(whyNot(seen));
  if (later.length === 0) return untested('The judge could not be asked afterwards whether somebody came.');
  const other = later.find(({ at, peer }) => at - own.at > moment || peer !== own.peer);
  if (other === undefined) return pass(`Within ${inWords(patience)} nobody came.`);
  return failed(`Somebody came for it ${inWords(other.at - own.at)} later.`, 'hostile', [
    { what: `from ${other.peer}`, arrived: shown(headOf(other), 300) },
  ]);
};

const rested = (span: Millis, stand: Stand): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, span);
    const forget = whenAborted(stand, () => {
      clearTimeout(timer);
      reject(reasonOf(stand));
    });
  });
