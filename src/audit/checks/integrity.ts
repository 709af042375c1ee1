import type { Evidence } from '../../model/audit.js';
import { type Diff, diffHeads } from '../ask/diff.js';
import { shown } from '../ask/text.js';
import { check, failed, headOf, pass } from './check.js';
import { type Verdict, overRequests } from './requests.js';

/** H04: what was sent end to end arrives. */
export const integrity = check(
  'H04',
  {
    axis: 'RQ',
    severity: 'high',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    needed: true,
    title: 'your requests arrive unchanged',
    meaning:
      'Fields that are meant for the site must arrive as they were sent: a proxy that takes cookies or referers away, or writes another user agent, changes what sites do.',
    remedy: 'Expect sites to lose your login or to behave oddly; use tunnel mode.',
  },
  (stand) => overRequests(stand, integrityIn),
);

/** The verdict on one question as it arrived. */
export const integrityIn: Verdict = (visit, record) => {
  const diff = diffHeads(visit.sent, headOf(record));
  const names = [...new Set([...diff.removed, ...diff.changed].map(({ name }) => name.toLowerCase()))];
  if (names.length === 0 && diff.line === undefined) return pass('All fields arrived as they were sent.');
  const what = diff.line === undefined ? names.join(', ') : ['the request line', ...names].join(', ');
  return failed(`It changes or takes away ${what}.`, 'stealth', evidenceOf(diff));
};

const evidenceOf = ({ removed, changed, line }: Diff): readonly Evidence[] => [
  ...(line === undefined ? [] : [{ what: 'request line', sent: shown(line.sent), arrived: shown(line.arrived) }]),
  ...removed.slice(0, 6).map(({ name, value }) => ({ what: name, sent: shown(value), arrived: 'nothing' })),
  ...changed.slice(0, 6).map(({ name, sent, arrived }) => ({ what: name, sent: shown(sent), arrived: shown(arrived) })),
];
