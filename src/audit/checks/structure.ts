import { diffHeads } from '../ask/diff.js';
import { shown } from '../ask/text.js';
import { check, failed, headOf, pass } from './check.js';
import { overRequests } from './requests.js';

/** H05: the shape of a request stays as it was. */
export const structure = check(
  'H05',
  {
    axis: 'PX',
    severity: 'low',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    needed: true,
    title: 'the shape of your requests is kept',
    meaning:
      'Order, case and spacing of fields, the version, fields of one hop, and fields that any program might send: a site that looks closely sees in them that something stands between.',
    remedy: 'Only sites that look for proxies will notice; use tunnel mode where that matters.',
  },
  (stand) =>
    overRequests(stand, (visit, record) => {
      const { structure: shape, added } = diffHeads(visit.sent, headOf(record));
      const all = [...shape, ...added.map(({ name }) => `${name} is added`)];
      if (all.length === 0) return pass('The request arrived byte by byte in its own shape.');
      return failed(`What changes: ${all.slice(0, 6).join('; ')}.`, 'stealth', [
        { what: 'the head', sent: shown(visit.sent.head), arrived: shown(headOf(record)) },
      ]);
    }),
);
