/** Pages of others for an audit: those that the user has named, met directly first, and asked through proxies by proxy-agent. */

import type { Family } from '../model/address.js';
import { type Millis, millis } from '../model/brand.js';
import type { Hop } from '../model/hop.js';
import { privateKind } from '../model/private.js';
import { type Witness, parseWitness } from '../model/witness.js';
import { mayAsk } from '../audit/ask/judge-link.js';
import type { Subject } from '../audit/ask/subject.js';
import { randomHex } from '../audit/random.js';
import { type Met, type Witnesses, createWitnesses, labelWitness } from '../audit/witness/witnesses.js';
import type { ProxyFor } from '../book/fetch/proxies.js';
import { type Road, streamRoad } from '../book/fetch/road.js';
import { hopUrl } from '../book/write/url.js';
import { connectDirect, resolveBySystem } from '../net/direct.js';
import { siteOf } from '../route/choice.js';
import type { AuditWish } from './controller.js';

/** Pages that were met. */
export interface MetWitnesses {
  readonly witnesses: Witnesses;
  readonly met: readonly Met[];
}

/** The pages of a wish, else of the settings, that some of these proxies may be asked for. Throws `bad-usage`. */
export const witnessesFor = (
  { witnesses, onNotice }: AuditWish,
  subjects: readonly Subject[],
  stored: readonly string[],
): readonly Witness[] => {
  const urls = witnesses === undefined || witnesses.length === 0 ? stored : witnesses;
  const named = new Map(urls.map((text) => parseWitness(text)).map((witness) => [witness.url, witness]));
  return [...named.values()].filter((witness) => {
    const isFit = subjects.some(({ hop }) => mayAsk(witness.endpoint, hop.endpoint));
    if (!isFit)
      onNotice?.(
        `Not asked: ${labelWitness(witness)}, which is in a private network in which no proxy here is itself.`,
      );
    return isFit;
  });
};

/** Services have limits: nobody is asked more often. */
const usualPause = millis(1_000);

/** Meets pages directly, and says so. Rejects only with the signal's reason. */
export const meetWitnesses = async (
  pages: readonly Witness[],
  within: Millis,
  { onNotice, signal }: Pick<AuditWish, 'onNotice' | 'signal'>,
): Promise<MetWitnesses | undefined> => {
  if (pages.length === 0) return undefined;
  const { proxyRoad } = await import('../book/fetch/proxies.js');
  const witnesses = createWitnesses({
    ...{ pages, within, pause: usualPause, random: () => randomHex(8), direct: directRoad },
    through: (hop, limit) => proxyRoad(only(hop), limit),
  });
  onNotice?.(`Asked directly first, as you have named them: ${pages.map(labelWitness).join(', ')}.`);
  const met = await witnesses.meet({ signal });
  for (const { witness, shown } of met)
    if ('note' in shown) onNotice?.(`${labelWitness(witness)}, asked directly: ${shown.note}.`);
  return { witnesses, met };
};

/** Each request has one way, and it is this proxy. */
const only = (hop: Hop): ProxyFor => {
  const url = hopUrl(hop, true);
  return () => Promise.resolve(url);
};

/** Who names a private host means it; whom a public name leads there does not. */
const directRoad = (family?: Family): Road =>
  streamRoad((target, cancel) => {
    const isPrivate = privateKind(target.host) !== undefined;
    const mayReach = (host: typeof target.host): boolean => isPrivate || privateKind(host) === undefined;
    return connectDirect(target, { resolve: resolveBySystem, mayReach, family }, cancel);
  });

/** What a page told directly of this machine. */
export interface Told {
  readonly address: string;
  /** Who is behind it, where TLS was verified; one site may have many names. */
  readonly source?: string;
}

/** What pages have told of this machine's address. */
export const toldBy = (met: readonly Pick<Met, 'witness' | 'you'>[]): readonly Told[] =>
  met.flatMap(({ witness, you }) => {
    const source = witness.isSecure ? { source: siteOf(labelWitness(witness)) } : {};
    return you.map((address): Told => ({ address, ...source }));
  });
