/** How a proxy speaks, in words for every face. */

import type { Traits } from './audit.js';
import type { BookEntry } from './book.js';
import type { Behind } from './early.js';
import type { SpareLife } from './spare.js';

/** What is known of it. */
export type Speech = Pick<BookEntry, 'opens' | 'refuses' | 'cannot' | 'keeps' | 'saysYes' | 'spareLife'>;

/** What an audit has learned of it. */
export const speechOf = ({ opens, refuses, cannot, answersEarly: saysYes = false, ...early }: Traits): Speech => ({
  ...{ opens, refuses, cannot, saysYes },
  keeps: [
    ...(early.keepsAfterGreeting === true ? (['greeting'] as const) : []),
    ...(early.keepsAfterRequest === true ? (['request'] as const) : []),
  ] satisfies readonly Behind[],
});

/** In one line; undefined where nothing is known. */
export const speechText = ({ opens, refuses, cannot = [], ...manners }: Speech): string | undefined => {
  const parts = [
    ...(opens.length === 0 ? [] : [`opens ${opens.join(', ')}`]),
    ...(refuses.length === 0 ? [] : [`refuses ${refuses.join(', ')}`]),
    ...(cannot.length === 0 ? [] : [`goes on to no ${cannot.join(' and no ')}`]),
    ...mannersText(manners),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
};

const mannersText = ({
  keeps = [],
  saysYes = false,
  spareLife,
}: Pick<Speech, 'keeps' | 'saysYes' | 'spareLife'>): readonly string[] => [
  ...(keeps.length === 0 ? [] : [`may be asked early (keeps what is behind its ${keeps.join(' and its ')})`]),
  ...(saysYes ? ['says yes before it has looked'] : []),
  ...(spareLife === undefined ? [] : [lifeText(spareLife)]),
];

const lifeText = ({ how, after }: SpareLife): string =>
  `bears silence for ${(after / 1_000).toFixed(1)} s${how === 'ended' ? '' : ' at least'}`;
