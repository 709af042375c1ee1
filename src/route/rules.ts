/** The rules of drawn routes: what keeps a proxy out of a route, and what keeps two of them apart. */

import { type Endpoint, addressBytes, hostText } from '../model/address.js';
import type { Proxy } from '../model/cascade.js';
import { type Bar, type Candidate, barOf } from '../model/catalog.js';
import { placeOf } from '../model/hop.js';

/** What two hops of a route do not have in common. `block` is a /16, of IPv6 a /32; all of it at the entry and at the exits. */
export const apart = ['block', 'network', 'country', 'family'] as const;
export type Apart = (typeof apart)[number];

/** What keeps a single proxy out: `own` is the user's own block, `port` that it does not go on to where it would have to. */
export type Alone = Bar | 'own' | 'down' | 'port';

/** Every rule by name; `way` is that a hop is down behind another one, or was lately for this session. */
export type Rule = Alone | Apart | 'way';

/** A proxy at a position with all that routes need to know of it. */
export interface Standing {
  readonly candidate: Candidate;
  readonly proxy: Proxy;
  /** What it shares with others, by rule; two places that have a key in common are not in one route. */
  readonly shared: Readonly<Record<Apart, readonly string[]>>;
  /** What is the same machine whatever the rules say. */
  readonly same: readonly string[];
}

/** What is known of a proxy, made ready for comparison. Only addresses that count say something of who is behind them. */
export const stand = (candidate: Candidate, counts: (address: string) => boolean = () => true): Standing => {
  const { proxy, entry, exits, family } = candidate;
  const { host } = proxy.hop.endpoint;
  const at = entry?.address ?? (host.kind === 'name' ? undefined : host.address);
  const places = entry === undefined ? exits : [entry, ...exits];
  const addresses = unique([...(at === undefined ? [] : [at]), ...exits.map(({ address }) => address)]).filter(counts);
  return {
    ...{ candidate, proxy },
    shared: {
      block: unique(addresses.map(blockOf)),
      network: unique(places.flatMap(({ network }) => (network === undefined ? [] : [`n${network}`]))),
      country: unique(places.flatMap(({ country }) => (country === undefined ? [] : [`c${country}`]))),
      family: family === undefined ? [] : [`f${family}`],
    },
    same: unique([
      ...addresses.map((address) => `a${address}`),
      host.kind === 'name' ? `h${hostText(host).toLowerCase().replace(/\.$/, '')}` : `p${placeOf(proxy.hop)}`,
    ]),
  };
};

const unique = (keys: readonly string[]): readonly string[] => (keys.length < 2 ? keys : [...new Set(keys)]);

/** The key of the block that an address is in. */
export const blockOf = (address: string): string =>
  address.includes(':')
    ? `b${addressBytes({ kind: 'ipv6', address }).subarray(0, 4).toString('hex')}`
    : `b${address.split('.', 2).join('.')}`;

/** Why a proxy is in no route of the cascade that is asked for; undefined where nothing speaks against it by itself. */
export const aloneOf = (
  { candidate, shared }: Standing,
  { own, onward }: { readonly own: ReadonlySet<string>; readonly onward?: Endpoint | undefined },
): Alone | undefined => {
  const bar = barOf(candidate);
  if (bar !== undefined) return bar;
  if (own.size > 0 && shared.block.some((block) => own.has(block))) return 'own';
  return onward !== undefined && !goesOnTo(candidate, onward) ? 'port' : undefined;
};

/** Whether nothing is known that keeps a proxy from going on to an endpoint. */
export const goesOnTo = (candidate: Candidate, onward: Endpoint): boolean => {
  const needs = needsOf(onward);
  return !lacksOf(candidate).some((lack) => needs.includes(lack));
};

/** What going on to an endpoint takes. */
export const needsOf = ({ host, port }: Endpoint): readonly string[] => [
  `port ${port}`,
  ...(host.kind === 'name' ? ['names'] : host.kind === 'ipv6' ? ['ipv6'] : []),
];

/** What a proxy cannot do for those behind it. SOCKS4 has no field for IPv6 addresses. */
export const lacksOf = ({ proxy, refuses, cannot = [] }: Candidate): readonly string[] =>
  refuses.length + cannot.length === 0 && proxy.hop.scheme !== 'socks4a'
    ? nothing
    : [
        ...refuses.map((port) => `port ${port}`),
        ...cannot,
        ...(proxy.hop.scheme === 'socks4a' && !cannot.includes('ipv6') ? ['ipv6'] : []),
      ];

const nothing: readonly string[] = [];
