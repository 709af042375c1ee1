/** Reads a failed dial: which way, or which hop, the failure is first laid to, before other dials are asked about it. */

import type { Failure, FailureCode } from '../model/failure.js';
import type { Route } from '../model/route.js';

/** What the last hop was asked for: somebody's target, or a name that cannot exist. */
export type Asked = 'target' | 'nowhere';

/** Ways go from hop `from` (0 is this machine) to hop `from + 1`. */
export type Charge =
  /** Nobody's, this machine's, or the target's own fault, or not to be told. */
  | { readonly kind: 'nobody' }
  /** The hop itself, whatever others say of it. */
  | { readonly kind: 'hop'; readonly hop: number }
  | { readonly kind: 'way'; readonly from: number }
  /** The hop heard the question, and nothing came back: it hangs, or waits for the next one. */
  | { readonly kind: 'silent'; readonly hop: number }
  /** The last hop did not reach a target; `spoke` where it said so itself. */
  | { readonly kind: 'target'; readonly hop: number; readonly spoke: boolean };

/** What no second try heals. */
const lasting: ReadonlySet<FailureCode> = new Set([
  'hop-auth-refused',
  'hop-auth-missing',
  'hop-untrusted',
  'hop-pin-mismatch',
  'hop-oversized',
]);

/** Errors of this machine: they say nothing of any hop. */
const localNotes: ReadonlySet<string> = new Set([
  ...['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EADDRINUSE'],
  ...['ENETUNREACH', 'ENETDOWN', 'EACCES', 'EPERM', 'it is the own listener'],
]);

/** Ends without an answer: a proxy that cannot reach what it was asked for often ends so. */
const silences: ReadonlySet<FailureCode> = new Set(['hop-timeout', 'hop-closed', 'hop-reset']);

/**
 * Lays a failure to a hop or a way. `spoke` tells whether a hop has spoken its protocol lately: a silent one behind another
 * is known to be there only then. The word of hop 0, this machine, is not doubted.
 */
export const chargeOf = (route: Route, failure: Failure, asked: Asked, spoke: (hop: number) => boolean): Charge => {
  const { blame, code } = failure;
  if (blame === undefined || isLocal(failure)) return nobody;
  const { suspect, reporter, phase } = blame;
  if (code.startsWith('onward-')) {
    return suspect === 'target' ? { kind: 'target', hop: reporter, spoke: true } : { kind: 'way', from: reporter };
  }
  if (suspect === 'target' || !code.startsWith('hop-')) return nobody;
  if (lasting.has(code)) return { kind: 'hop', hop: suspect };
  const isSilence = phase === 'request' && silences.has(code);
  return isSilence ? silenceOf(route, { hop: suspect, code }, asked, spoke) : { kind: 'way', from: suspect - 1 };
};

const isLocal = ({ blame, note }: Failure): boolean =>
  blame?.reporter === 0 && note !== undefined && localNotes.has(note);

const nobody: Charge = { kind: 'nobody' };

const silenceOf = (
  { hops }: Route,
  { hop, code }: { readonly hop: number; readonly code: FailureCode },
  asked: Asked,
  spoke: (hop: number) => boolean,
): Charge => {
  if (hop === hops.length) {
    if (asked === 'target') return { kind: 'target', hop, spoke: false };
    // Some proxies just close when they do not find a name; one that hangs is not up.
    return code === 'hop-timeout' ? { kind: 'way', from: hop - 1 } : nobody;
  }
  const scheme = hops[hop - 1]?.hop.scheme;
  const proven = hop === 1 || scheme === 'socks5h' || scheme === 'https' || spoke(hop);
  return proven ? { kind: 'silent', hop } : { kind: 'way', from: hop - 1 };
};
