/** One probe: a whole route is dialled, hop by hop, and the last hop is asked for a name that cannot exist (RFC 6761 §6.4). */

import { parseEndpoint } from '../model/address.js';
import { type Millis, millis, now, since } from '../model/brand.js';
import { type KaskadeError, asKaskadeError, fail } from '../model/error.js';
import type { Failure } from '../model/failure.js';
import { labelHop } from '../model/hop.js';
import type { Route } from '../model/route.js';
import { type Cancel, deadline } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import type { Tunnel } from '../net/relay.js';
import type { HopTiming } from '../model/session.js';
import { dial } from '../route/dial.js';

/** What came out behind the hops that were passed. */
export type Outcome =
  /** The last hop refused in its protocol, as it has to: it is there, and it thinks. `span` is since the hop before was passed. */
  | { readonly kind: 'answers'; readonly span: Millis }
  /** The last hop says that it reached what does not exist; `spoke` where that even said something. */
  | { readonly kind: 'claims'; readonly failure: Failure; readonly spoke: boolean }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Nothing that counts for or against anybody: it was called off, or the last hop just closed. */
  | { readonly kind: 'unclear' };

/** What a probe needs. `onHop` hears of each hop that was passed but the last. */
export interface Asking {
  readonly door: Door;
  readonly random: () => number;
  readonly onHop: (timing: HopTiming) => void;
  /** How long the whole probe may take. */
  readonly patience: Millis;
}

/** A claim is believed to be one when the stream stays open for so long: programs that answer before they dial close it at once. */
const claimSpan = millis(2_000);
/** No third party learns anything from the question: the name ends where it is first looked up. */
const port = 443;

/** Asks a route whether it is whole. Never rejects; no socket is left when it resolves. */
export const probe = async (
  route: Route,
  { door, random, onHop: hear, patience }: Asking,
  cancel: Cancel,
): Promise<Outcome> => {
  const last = route.hops.length;
  let mark = now();
  const limit = deadline(patience, () => fail('hop-timeout'), cancel);
  const onHop = (timing: HopTiming): void => {
    mark = now();
    if (timing.hop < last) hear(timing);
  };
  try {
    const goal = parseEndpoint(`${label(random)}.invalid:${port}`);
    const tunnel = await dial(route, goal, { door, onHop }, limit);
    const { open, spoke } = await listenTo(tunnel, claimSpan, cancel);
    return open ? { kind: 'claims', failure: claimOf(route), spoke } : { kind: 'unclear' };
  } catch (thrown) {
    return cancel.signal.aborted ? { kind: 'unclear' } : outcomeOf(asKaskadeError(thrown), last, since(mark, now()));
  } finally {
    limit.done();
  }
};

/** 80 random bits: no two probes ask for the same name, so that no cache answers. */
const label = (random: () => number): string =>
  Array.from({ length: 16 }, () => Math.floor(random() * 32).toString(32)).join('');

const outcomeOf = ({ failure }: KaskadeError, last: number, span: Millis): Outcome => {
  const { code, blame } = failure;
  if (blame === undefined) return { kind: 'unclear' };
  if (blame.suspect === 'target') return { kind: 'answers', span };
  const closed = code === 'hop-closed' || code === 'hop-reset';
  return closed && blame.suspect === last && blame.phase === 'request'
    ? { kind: 'unclear' }
    : { kind: 'failed', failure };
};

const claimOf = ({ hops }: Route): Failure => {
  const [suspect, reporter] = [hops.at(-1), hops.at(-2)];
  return {
    code: 'hop-garbled',
    blame: { reporter: hops.length - 1, suspect: hops.length, phase: 'request' },
    hops: hops.length,
    note: 'it says that it reached a name that cannot exist',
    ...(suspect === undefined ? {} : { suspect: labelHop(suspect.hop) }),
    ...(reporter === undefined ? {} : { reporter: labelHop(reporter.hop) }),
  };
};

/** What a tunnel to nowhere does. */
interface Heard {
  readonly open: boolean;
  readonly spoke: boolean;
}

/** Whether a tunnel is still open after a span, and whether anything came out of it; it is ended in any case. */
const listenTo = ({ stream, outward }: Tunnel, span: Millis, cancel: Cancel): Promise<Heard> =>
  new Promise((resolve) => {
    let spoke = false;
    const settle = (open: boolean): void => {
      limit.done();
      limit.signal.removeEventListener('abort', onLate);
      stream.off('end', onEnd).off('close', onEnd);
      stream.destroy();
      outward.socket.destroy();
      resolve({ open, spoke });
    };
    const onEnd = (): void => {
      settle(false);
    };
    const onLate = (): void => {
      settle(!cancel.signal.aborted);
    };
    const limit = deadline(span, () => fail('hop-timeout'), cancel);
    limit.signal.addEventListener('abort', onLate);
    stream.on('end', onEnd).on('close', onEnd);
    stream.on('data', () => {
      spoke = true;
    });
    stream.resume();
  });
