/** The first question to a proxy, and whether any answer begins: while thousands wait for that, a socket is all that is kept of each. */

import type { Duplex } from 'node:stream';
import type { Endpoint } from '../../model/address.js';
import { type At, type Millis, now } from '../../model/brand.js';
import { type KaskadeError, fail } from '../../model/error.js';
import { hopProtocols } from '../../hop/index.js';
import { type Cancel, createAlarm, reasonOf, whenAborted } from '../../net/cancel.js';
import type { Subject } from './subject.js';

/** What came of it: a stream on which the first question for a tunnel was asked, with the answer still in it, or why there is none. */
export type Knocked = { readonly since: At } & ({ readonly stream: Duplex } | { readonly error: KaskadeError });

/** Whom to ask, for a tunnel to where, and for how long. */
export interface Knock {
  readonly subject: Subject & { readonly reachThen: NonNullable<Subject['reachThen']> };
  readonly onward: Endpoint;
  readonly within: Millis;
}

/** Asks. Who is told of an answer owns its stream. */
export const knock = ({ subject, onward, within }: Knock, cancel: Cancel, heard: (knocked: Knocked) => void): void => {
  const since = now();
  let stream: Duplex | undefined;
  const settle = (): void => {
    stream?.pause();
    stream?.off('data', onData).off('end', onEnd).off('close', onEnd);
    alarm.off();
    forget();
  };
  const giveUp = (error: KaskadeError): void => {
    settle();
    stop();
    stream?.destroy();
    heard({ since, error });
  };
  const onData = (bytes: Buffer): void => {
    settle();
    stream?.unshift(bytes);
    if (stream !== undefined) heard({ since, stream });
  };
  const onEnd = (): void => {
    const cause = stream?.errored ?? null;
    giveUp(fail(cause === null ? 'hop-closed' : 'hop-reset', {}, cause));
  };
  const stop = subject.reachThen({
    opened: (opened) => {
      stream = opened;
      stream.on('data', onData).on('end', onEnd).on('close', onEnd);
      const [first] = hopProtocols[subject.hop.scheme].ask(subject.hop, onward);
      if (first !== undefined) stream.write(first.ask);
    },
    failed: giveUp,
  });
  const alarm = createAlarm(() => {
    giveUp(fail('answer-timeout'));
  });
  alarm.set(within);
  const forget = whenAborted(cancel, () => {
    giveUp(reasonOf(cancel));
  });
};
