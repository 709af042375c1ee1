import type { Evidence } from '../../model/audit.js';
import { shown } from '../ask/text.js';
import type { Visit } from '../ask/visit.js';
import { check, failed, mixedUp, pass, untested, whyNot } from './check.js';
import { besideRecord } from './words.js';

/** H01: the judge's own signed words come back for this very question. */
export const echo = check(
  'H01',
  {
    axis: 'CO',
    severity: 'critical',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    title: 'answers of the judge come back unforged',
    meaning:
      'The judge signs what it saw of a question that nobody asked before. If other words come back, the proxy makes up answers, or gives yours to others.',
    remedy: 'Do not use it: what it shows is not what was answered.',
  },
  async (stand) => {
    const seen = await stand.echo();
    if (seen.record !== undefined)
      return besideRecord(seen) ?? pass('The judge saw the question, and its signed answer came back.');
    if (seen.instead !== undefined)
      return failed('It gave the answer to another question: pages of others are mixed up.', 'hostile', mixedUp(seen));
    const isThere = (await stand.records(seen.id)).length > 0;
    if (isThere && seen.reply?.kind === 'answer' && seen.reply.whole && seen.reply.body.length > 0)
      return failed('The judge answered, and other words came back.', 'hostile', evidenceOf(seen));
    return untested(whyNot(seen));
  },
);

const evidenceOf = ({ reply }: Visit): readonly Evidence[] => [
  {
    what: 'the answer to a question',
    sent: 'a signed record',
    arrived: reply?.kind === 'answer' ? `${reply.status}\n${shown(reply.body, 300)}` : '',
  },
];
