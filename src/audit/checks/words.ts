import type { Evidence } from '../../model/audit.js';
import { shown } from '../ask/text.js';
import type { Visit } from '../ask/visit.js';
import { wordsAround } from '../judge/say.js';
import { type Result, failed } from './check.js';

/** What stands beside a signed record and was not put there by the judge; undefined where nothing does. */
export const besideRecord = ({ record, reply, expected }: Visit): Result | undefined => {
  const { kind } = expected.content;
  if (record === undefined || reply?.kind !== 'answer' || !reply.whole) return undefined;
  if (kind === 'known' || kind === 'records') return undefined;
  const body = reply.body.toString('latin1');
  const [before, behind] = wordsAround(expected, record);
  const word = body.slice(before.length, body.length - behind.length);
  if (body.startsWith(before) && body.endsWith(behind) && /^[\w-]+\.[\w-]{86}$/.test(word)) return undefined;
  const evidence: readonly Evidence[] = [
    { what: 'around the signed record', sent: shown(`${before} … ${behind}`), arrived: shown(body) },
  ];
  return failed('It puts something beside what the judge has signed.', 'hostile', evidence);
};
