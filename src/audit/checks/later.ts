import { reasonOf, whenAborted } from '../../net/cancel.js';
import type { JudgeRecord } from '../judge/record.js';
import { shown } from '../ask/text.js';
import type { Stand } from '../stand.js';
import { type Check, type Result, check, failed, headOf, pass, untested, whyNot } from './check.js';

/** Most of those who look again do so within half a minute. */
const patience = 40_000;

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
    const seen = await stand.visit({ page: '.html' });
    if ((await stand.records(seen.id)).length === 0) return untested(whyNot(seen));
    return strangers(stand, seen.id, seen.record);
  },
);

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
    const body = Buffer.from(
      `user=decoy${stand.random().slice(0, 8)}&password=${stand.random().slice(0, 14)}`,
      'latin1',
    );
    const type = { name: 'Content-Type', value: 'application/x-www-form-urlencoded' };
    const seen = await stand.visit({ page: '.txt', method: 'POST', body, extra: [type] });
    return seen.record === undefined ? untested(whyNot(seen)) : strangers(stand, seen.id, seen.record);
  },
);

const strangers = async (stand: Stand, id: string, own: JudgeRecord | undefined): Promise<Result> => {
  await pause(patience, stand);
  const [first, ...more] = await stand.records(id);
  const at = own?.at ?? first?.at ?? 0;
  const other = more.find((record) => record.at - at > 1_000 || record.peer !== first?.peer);
  if (other === undefined) return pass('Within 40 seconds nobody came.');
  return failed(`Somebody came for it ${Math.round((other.at - at) / 1_000)} seconds later.`, 'hostile', [
    { what: `from ${other.peer}`, arrived: shown(headOf(other), 300) },
  ]);
};

const pause = (span: number, stand: Stand): Promise<void> =>
  new Promise((resolve, reject) => {
    const forget = whenAborted(stand, () => {
      clearTimeout(timer);
      reject(reasonOf(stand));
    });
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, span);
  });
