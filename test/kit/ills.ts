/** Twelve ways in which a proxy may be ill, for every protocol: what a scripted hop is to do instead of its work. */

import type { HopScript } from './hops.js';
import { type TestScheme, httpAnswer, speeches } from './speech.js';

/** One illness. */
export interface Ill {
  readonly what: string;
  /** How the script of a hop of this scheme changes; `gone` where nobody listens any more. */
  readonly change: ((scheme: TestScheme) => Partial<HopScript>) | 'gone';
}

const answers = (bytes: Buffer, then: 'hold' | 'fin'): Partial<HopScript> => ({
  fault: { play: 'answer', at: 'request', bytes, then },
});

const denials: Readonly<Record<TestScheme, Buffer>> = {
  http: httpAnswer(403, 'Forbidden'),
  https: httpAnswer(403, 'Forbidden'),
  socks4a: speeches.socks4a.no,
  socks5h: Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]),
};

/** All twelve. */
export const ills: readonly Ill[] = [
  { what: 'is gone', change: 'gone' },
  { what: 'accepts and says nothing', change: () => ({ fault: { play: 'silence', at: 'accept' } }) },
  { what: 'hangs when it is asked to go on', change: () => ({ fault: { play: 'silence', at: 'request' } }) },
  { what: 'answers too slowly', change: () => ({ fault: { play: 'drip', every: 900 } }) },
  { what: 'refuses everyone', change: (scheme) => answers(speeches[scheme].no, 'fin') },
  { what: 'denies everyone by its rules', change: (scheme) => answers(denials[scheme], 'fin') },
  { what: 'hangs up in the middle of its answer', change: () => ({ fault: { play: 'cut', after: 1, how: 'fin' } }) },
  { what: 'resets the connection', change: () => ({ fault: { play: 'cut', after: 0, how: 'rst' } }) },
  { what: 'answers in no protocol', change: () => answers(Buffer.from('what?'), 'hold') },
  { what: 'wants another password', change: () => ({ login: { user: 'somebody', password: 'else' } }) },
  { what: 'says yes and reaches nothing', change: (scheme) => answers(speeches[scheme].yes, 'hold') },
  {
    what: 'says yes and talks nonsense',
    change: (scheme) =>
      answers(Buffer.concat([speeches[scheme].yes, Buffer.from('you are welcome, all of you')]), 'hold'),
  },
];
