/** The judges of an audit: those that the wish names, else those of the settings, each met directly. */

import { type JudgeLink, type OpenDirect, meetJudge } from '../audit/ask/judge-link.js';
import { parseJudgeUrl } from '../audit/judge/card.js';
import { randomHex } from '../audit/random.js';
import type { Store } from '../config/store.js';
import { type Endpoint, type Host, hostText } from '../model/address.js';
import { privateKind } from '../model/private.js';
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
  const parts = { freshId: () => randomHex(16), random: () => randomHex(8) };
  return Promise.all(
    urls.map((text) => {
      const url = parseJudgeUrl(text);
      return meetJudge(url, { ...parts, open: openTo(url.endpoint) }, { signal });
    }),
  );
};

/** The host of a URL is meant, wherever it is; others that its judge names are in the same kind of network, or not gone to. */
const openTo =
  ({ host: named }: Endpoint): OpenDirect =>
  (at, cancel, family) => {
    const isNamed = hostText(at.host) === hostText(named);
    const mayReach = (host: Host): boolean => isNamed || privateKind(host) === privateKind(named);
    return connectDirect(at, { resolve: resolveBySystem, mayReach, family }, cancel);
  };
