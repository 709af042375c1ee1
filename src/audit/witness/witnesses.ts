/** Pages of others that the user has named: met directly first, then asked once through each proxy, as seldom as they may be. */

import { type Family, familyOf, hostText, parseHost } from '../../model/address.js';
import type { Mode } from '../../model/audit.js';
import type { Millis } from '../../model/brand.js';
import type { Hop } from '../../model/hop.js';
import { privateKind } from '../../model/private.js';
import type { Witness } from '../../model/witness.js';
import type { Cancel } from '../../net/cancel.js';
import { mayAsk } from '../ask/judge-link.js';
import { type Subject, forwards } from '../ask/subject.js';
import { type Fetched, type PageRoad, fetchPage } from './fetch.js';
import { type Gate, createGate } from './gate.js';
import { type Testimony, readTestimony } from './read.js';

/** What a page has shown of one question. */
export type Shown =
  | Exclude<Testimony, { readonly kind: 'nothing' }>
  /** The answer to another question: some cache gave it. */
  | { readonly kind: 'kept' }
  /** It answers, and says nothing of use. */
  | { readonly kind: 'useless'; readonly note: string; readonly status: number }
  /** TLS was answered with a certificate that cannot be verified. */
  | { readonly kind: 'untrusted'; readonly note: string }
  /** No answer came; with the status of the proxy, where that has refused. */
  | { readonly kind: 'unheard'; readonly note: string; readonly status?: number }
  /** It was not asked. */
  | { readonly kind: 'unasked'; readonly note: string };

/** What a page has shown through a proxy, beside what it shows directly, in the same words where those differ. */
export interface Sight {
  readonly witness: Witness;
  readonly shown: Shown;
  readonly met: Shown;
}

/** What a page has shown directly. */
export interface Met extends Sight {
  /** Addresses of this machine that it has shown, one of each family at most. */
  readonly you: readonly string[];
}

/** Pages that may be asked. */
export interface Witnesses {
  /** Asks each directly, by each family of addresses in which it is reached: what they show of this machine. */
  readonly meet: (cancel: Cancel) => Promise<readonly Met[]>;
  /** Asks those that are for a mode of a proxy, each once. Rejects only with the signal's reason. */
  readonly ask: (subject: Subject, mode: Mode, cancel: Cancel) => Promise<readonly Sight[]>;
}

/** What they are made of. */
export interface WitnessesParts {
  readonly pages: readonly Witness[];
  /** A way through a proxy, and no other; each call another one. */
  readonly through: (hop: Hop, within: Millis) => PageRoad;
  /** A way around every proxy, by addresses of one family if that is asked for. */
  readonly direct: (family?: Family) => PageRoad;
  readonly within: Millis;
  /** Between one request to a page and the next. */
  readonly pause: Millis;
  readonly random: () => string;
}

/** Pages that nobody has asked yet. */
export const createWitnesses = (parts: WitnessesParts): Witnesses => {
  const all = parts.pages.map((witness) => ({
    ...{ witness, gate: createGate(parts.pause), refusals: { inRow: 0 } },
    met: { shown: notMet },
  }));
  const { within } = parts;
  const one = async (page: Page, way: Way, cancel: Cancel): Promise<Shown> => {
    const closed = await page.gate.turn(cancel);
    if (closed !== undefined) return { kind: 'unasked', note: closed };
    const url = withNonce(page.witness.url, parts.random());
    const { behindTls, isWhole = false } = way;
    const fetched = await fetchPage({ url, road: way.road(), within, behindTls, isWhole }, cancel);
    mind(page, fetched, way);
    return shownOf(fetched, url, page.witness);
  };
  // Not every site takes a whole URL: one that forbids it does not forbid being asked.
  const handed: Way = { road: parts.direct, behindTls: false, isDirect: false, isWhole: true };
  return {
    meet: (cancel) =>
      Promise.all(
        all.map(async (page): Promise<Met> => {
          const directly = (family?: Family): Way => ({
            ...{ road: () => parts.direct(family), behindTls: false, isDirect: true },
          });
          const shown = await one(page, directly(), cancel);
          page.met.shown = shown;
          if (shown.kind === 'useless') page.gate.close('it says nothing of use');
          const other = otherFamily(page.witness, shown);
          const again = other === undefined ? [] : [await one(page, directly(other), cancel)];
          const you = [shown, ...again].flatMap(addressIn).filter((text, nth) => nth === 0 || familyOf(text) === other);
          return { witness: page.witness, shown, met: shown, you };
        }),
      ),
    ask: (subject, mode, cancel) => {
      const { hop } = subject;
      const way: Way = { road: () => parts.through(hop, within), behindTls: hop.scheme === 'https', isDirect: false };
      const fit = all.filter(({ witness }) => isFor(witness, subject, mode));
      return Promise.all(
        fit.map(async (page): Promise<Sight> => {
          const shown = await one(page, way, cancel);
          const again = (): Promise<Shown> => one(page, handed, cancel);
          const met = mode === 'forward' ? await metAlike(page, shown, again) : page.met.shown;
          return { witness: page.witness, shown, met };
        }),
      );
    },
  };
};

const addressIn = (shown: Shown): readonly string[] =>
  shown.kind === 'echo' || shown.kind === 'variables' ? [shown.address] : [];

/** By which family a page is to be asked too: one with a name may have both. */
const otherFamily = ({ endpoint }: Witness, shown: Shown): Family | undefined => {
  const [seen] = addressIn(shown);
  if (seen === undefined || endpoint.host.kind !== 'name') return undefined;
  return familyOf(seen) === 'ipv4' ? 'ipv6' : 'ipv4';
};

const notMet: Shown = { kind: 'unasked', note: 'it was not met' };

interface Page {
  readonly witness: Witness;
  readonly gate: Gate;
  readonly refusals: { inRow: number };
  readonly met: {
    shown: Shown;
    /** In the words in which proxies are asked. */
    alike?: Promise<Shown>;
  };
}

interface Way {
  readonly road: () => PageRoad;
  readonly behindTls: boolean;
  readonly isDirect: boolean;
  readonly isWhole?: true;
}

/**
 * What shows itself as a proxy's doing may be that of the own line, which may touch nothing but what is handed to proxies: before that is
 * held against anybody the page is asked directly in the same words, once. Else what it has shown in its own words counts.
 */
const metAlike = async ({ met }: Page, shown: Shown, again: () => Promise<Shown>): Promise<Shown> => {
  if (!hasNews(shown, met.shown)) return met.shown;
  const alike = await (met.alike ??= again());
  return alike.kind === 'variables' ? alike : met.shown;
};

/** Whether fields are shown that are not shown directly. */
const hasNews = (shown: Shown, met: Shown): boolean => {
  if (shown.kind !== 'variables' || met.kind !== 'variables') return false;
  const own = new Set(met.variables.map(({ name, value }) => `${name}=${value}`));
  return shown.variables.some(({ name, value }) => name.startsWith('HTTP_') && !own.has(`${name}=${value}`));
};

/**
 * Whether a page is for a mode of a proxy. One that is known by its key is left out, since the client for pages knows authorities only;
 * so is what stands behind other hops, which are not to be left out of the way.
 */
const isFor = (witness: Witness, subject: Subject, mode: Mode): boolean => {
  const { trust, endpoint } = subject.hop;
  if (subject.isAlone !== true || (trust !== undefined && trust.by !== 'authorities')) return false;
  const wanted: Mode = witness.isSecure || !forwards(subject) ? 'tunnel' : 'forward';
  return wanted === mode && mayAsk(witness.endpoint, endpoint);
};

const withNonce = (text: string, nonce: string): URL => {
  const url = new URL(text);
  url.search = url.search === '' ? `?${nonce}` : `${url.search}&${nonce}`;
  return url;
};

/** A proxy that forbids something says 403 as a page does: in clear it is believed when three in a row say so. */
const mostRefusals = 3;

/** Whoever asks for a pause, or forbids, is not asked again in this run. */
const mind = ({ witness, gate, refusals }: Page, fetched: Fetched, { isDirect }: Way): void => {
  if (fetched.kind !== 'answer') return;
  if (fetched.isLimited) gate.close('it asked not to be asked so often');
  refusals.inRow = fetched.status === 403 ? refusals.inRow + 1 : 0;
  if (refusals.inRow >= (isDirect || witness.isSecure ? 1 : mostRefusals)) gate.close('it forbids being asked (403)');
};

const shownOf = (fetched: Fetched, url: URL, { endpoint }: Witness): Shown => {
  if (fetched.kind === 'nothing') return { ...fetched, kind: 'unheard' };
  if (fetched.kind === 'untrusted') return fetched;
  const { status, body, isKept } = fetched;
  if (status !== 200) return { kind: 'useless', note: `it answers ${status}`, status };
  const testimony = readTestimony(body);
  if (testimony.kind === 'nothing') return { kind: 'useless', note: 'it shows no address', status };
  const near = privateKind(parseHost(testimony.address));
  if (near !== undefined && privateKind(endpoint.host) === undefined)
    return { kind: 'useless', note: `it shows an address of its own house (${near})`, status };
  return isKept || isOfAnother(testimony, url) ? { kind: 'kept' } : testimony;
};

/** Whether variables tell of another question than the one that was asked. */
const isOfAnother = (testimony: Testimony, { pathname, search }: URL): boolean => {
  if (testimony.kind !== 'variables') return false;
  const valueOf = (wanted: string): string | undefined =>
    testimony.variables.find(({ name }) => name === wanted)?.value;
  const [path, query] = [valueOf('REQUEST_URI'), valueOf('QUERY_STRING')];
  if (path !== undefined) return !path.endsWith(`${pathname}${search}`);
  return query !== undefined && query !== search.slice(1);
};

/** A page as it is told of: its host is enough to know it by. */
export const labelWitness = ({ endpoint }: Witness): string => hostText(endpoint.host);

/** Whether the page itself has answered, whatever that was. */
export const isAnswer = ({ kind }: Shown): boolean => ['echo', 'variables', 'kept', 'useless'].includes(kind);
