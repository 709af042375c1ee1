/** How a proxy speaks, in words for every face. */

import type { Traits } from './audit.js';
import type { BookEntry } from './book.js';
import type { Behind } from './early.js';

/** What is known of it. */
export type Speech = Pick<BookEntry, 'opens' | 'refuses' | 'cannot' | 'keeps' | 'saysYes'>;

/** What an audit has learned of it. */
export const speechOf = ({ opens, refuses, cannot, answersEarly: saysYes = false, ...early }: Traits): Speech => ({
  ...{ opens, refuses, cannot, saysYes },
  keeps: [
    ...(early.keepsAfterGreeting === true ? (['greeting'] as const) : []),
    ...(early.keepsAfterRequest === true ? (['request'] as const) : []),
  ] satisfies readonly Behind[],
});

/** In one line; undefined where nothing is known. */
export const speechText = ({
  opens,
  refuses,
  cannot = [],
  keeps = [],
  saysYes = false,
}: Speech): string | undefined => {
  const parts = [
    ...(opens.length === 0 ? [] : [`opens ${opens.join(', ')}`]),
    ...(refuses.length === 0 ? [] : [`refuses ${refuses.join(', ')}`]),
    ...(cannot.length === 0 ? [] : [`goes on to no ${cannot.join(' and no ')}`]),
    ...(keeps.length === 0 ? [] : [`may be asked early (keeps what is behind its ${keeps.join(' and its ')})`]),
    ...(saysYes ? ['says yes before it has looked'] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
};
