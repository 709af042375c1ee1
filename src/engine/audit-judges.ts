/** The judges of an audit: those that the wish names, else those of the settings, each met directly. */

import { type JudgeLink, meetJudge } from '../audit/ask/judge-link.js';
import { parseJudgeUrl } from '../audit/judge/card.js';
import { randomHex } from '../audit/random.js';
import type { Store } from '../config/store.js';
import { connectDirect, resolveBySystem } from '../net/direct.js';
import type { AuditWish } from './controller.js';

/** URLs of judges, as many as there are. */
export const judgesFor = ({ judges }: AuditWish, store: Store): readonly string[] =>
  judges === undefined || judges.length === 0 ? store.settings().judges : judges;

/** Meets them. Rejects with `judge-unreachable`, or what is wrong with a URL. */
export const meetJudges = (
  urls: readonly string[],
  { signal }: Pick<AuditWish, 'signal'>,
): Promise<readonly JudgeLink[]> => {
  const rules = { resolve: resolveBySystem, mayReach: () => true };
  const meeting: Parameters<typeof meetJudge>[1] = {
    open: (at, cancel) => connectDirect(at, rules, cancel),
    freshId: () => randomHex(16),
    random: () => randomHex(8),
  };
  return Promise.all(urls.map((url) => meetJudge(parseJudgeUrl(url), meeting, { signal })));
};
