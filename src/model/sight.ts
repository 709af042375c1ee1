/** How far down a cascade each place of it can read: what a hop is told is open to all before it, up to the first TLS that they are not an end of. */

import type { Cascade, Position } from './cascade.js';
import type { Hop } from './hop.js';

/** What somebody at a place of the cascade reads of what later hops are told. Hops are counted from 1. */
export interface Sight {
  /** The place: 0 is the line to hop 1. */
  readonly at: number;
  /** Reads what hops `at + 1` to here are told; `at` where it is nothing. The last hop's words name the site, and the page follows them. */
  readonly reads: number;
  /** May read to here, `reads` or more: what hop `reads + 1` is told is encrypted, but not surely so. */
  readonly mayRead: number;
  readonly doubt?: Doubt;
}

/** Why encryption to a hop may not keep others out: nobody checks the certificate, or only some of the proxies there speak TLS. */
export type Doubt = 'any certificate' | 'some without TLS';

/** The sight of the line to hop 1, and of each hop in order. */
export const sightsOf = ({ positions }: Cascade): readonly Sight[] =>
  [0, ...positions.map((_, index) => index + 1)].map((at) => {
    const later = positions.slice(at).map(sealOf);
    const reads = at + lengthBefore(later, (seal) => seal !== 'open');
    const mayRead = at + lengthBefore(later, (seal) => seal === 'sealed');
    const seal = later[reads - at];
    return {
      at,
      reads,
      mayRead,
      ...(seal === undefined || seal === 'open' || seal === 'sealed' ? {} : { doubt: seal }),
    };
  });

type Seal = 'open' | 'sealed' | Doubt;

/** What keeps those before a position from reading what it is told. */
const sealOf = ({ among, filter }: Position): Seal => {
  // Which proxies a filter gives is known only when a route is drawn.
  if (filter !== undefined) return 'some without TLS';
  const hops = among.map(({ hop }) => hop);
  if (!hops.some(isEncrypted)) return 'open';
  if (!hops.every(isEncrypted)) return 'some without TLS';
  return hops.some(({ trust }) => trust?.by === 'nobody') ? 'any certificate' : 'sealed';
};

const isEncrypted = ({ scheme }: Hop): boolean => scheme === 'https';

const lengthBefore = (seals: readonly Seal[], stops: (seal: Seal) => boolean): number => {
  const found = seals.findIndex(stops);
  return found === -1 ? seals.length : found;
};
