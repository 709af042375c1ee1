/** A cache of answers, as proxies have them: who is given which, and which are kept, is what animals differ in. */

import type { Behaviour, Passage, Whole } from './behaviour.js';

/** What a cache goes by. */
export interface CacheRules {
  /** Requests with one key get one answer. */
  readonly keyOf: (at: Passage) => string;
  /** All requests where it is missing. */
  readonly answers?: (at: Passage) => boolean;
  /** All answers where it is missing. */
  readonly keeps?: (answer: Whole) => boolean;
}

/** An empty cache, which lasts as long as the proxy. */
export const createCache = ({ keyOf, answers = () => true, keeps = () => true }: CacheRules): Behaviour => {
  const kept = new Map<string, Whole>();
  return {
    answer: (at) => (answers(at) ? kept.get(keyOf(at)) : undefined),
    response: (answer, at) => {
      if (keeps(answer)) kept.set(keyOf(at), answer);
      return answer;
    },
  };
};
