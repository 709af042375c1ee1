import { browserFields } from '../ask/request.js';
import { check, pass, untested, whyNot } from './check.js';
import { bodyVerdict } from './decoys.js';

/** C03: nothing is changed only where it is packed, or large, or small. */
export const selective = check(
  'C03',
  {
    axis: 'CO',
    severity: 'high',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'packed and unpacked, large and small are treated alike',
    meaning: 'A page and a file are fetched again, with packing offered as browsers do.',
    remedy: 'Do not use it.',
  },
  async (stand) => {
    const extra = [{ name: 'Accept-Encoding', value: 'gzip, deflate, br' }];
    for (const page of ['.html', '.js', '.zip'] as const) {
      const fields = browserFields(stand.random).filter(({ name }) => !/^accept-encoding$/i.test(name));
      const visit = await stand.visit({ page, fields: [...fields, ...extra] });
      if (visit.reply === undefined) return untested(whyNot(visit));
      const result = bodyVerdict(visit);
      if (result.answer !== 'pass') return result;
    }
    return pass('All came back as they were given.');
  },
);
