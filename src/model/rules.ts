/** What proxies of one route may not have in common, and what a cascade lets them. */

import { fail } from './error.js';

/** What two hops of a drawn route may share, if the cascade says so. */
export const repeatables = ['country', 'network'] as const;
export type Repeatable = (typeof repeatables)[number];

/** The rules of a cascade that draws from the book; where there are none, nothing may repeat. */
export interface CascadeRules {
  readonly repeat: readonly Repeatable[];
}

/** Reads `country+network`. Throws `bad-cascade` with what is legal. */
export const parseRules = (text: string): CascadeRules => {
  const words = text.split('+').map((word) => word.trim());
  const repeat = repeatables.filter((known) => words.includes(known));
  if (repeat.length === words.length) return { repeat };
  throw fail('bad-cascade', {
    note: `behind repeat= stands ${repeatables.join(' or ')}, or both with a + between them`,
  });
};

/** The rules as they stand behind a chain; nothing where nothing may repeat. */
export const printRules = (rules: CascadeRules | undefined): string =>
  rules === undefined || rules.repeat.length === 0 ? '' : `;repeat=${rules.repeat.join('+')}`;
