/** Notices on stderr: each the first time, then at most once a minute with its count. */

import { type At, since } from '../model/brand.js';
import type { Notice } from '../model/event.js';

const pause = 60_000;

/** Tells for each notice the line to print, or undefined when its topic was printed lately. `clock` is monotonic. */
export const createNoticeLines = (clock: () => At): ((notice: Notice) => string | undefined) => {
  const printed = new Map<string, At>();
  return ({ topic, text, count }) => {
    const before = printed.get(topic);
    const at = clock();
    if (before !== undefined && since(before, at) < pause) return undefined;
    printed.set(topic, at);
    return count > 1 ? `${text} (${count} times)` : text;
  };
};
