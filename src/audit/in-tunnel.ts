/** A tunnel for as long as something is done in it. */

import type { Duplex } from 'node:stream';
import type { Endpoint } from '../model/address.js';
import { fail } from '../model/error.js';
import { type Cancel, deadline, reasonOf } from '../net/cancel.js';
import { openTunnel } from './ask/subject.js';
import { isGivenUp } from './patience.js';
import type { StandParts } from './plain.js';

/** Opens a tunnel, and ends it when the work is done. Rejects as a tunnel or the work does. */
export const inTunnel = async <Result>(
  { subject, mode, within, signal }: StandParts,
  to: Endpoint,
  work: (stream: Duplex, cancel: Cancel) => Promise<Result>,
): Promise<Result> => {
  if (isGivenUp(subject, mode)) throw fail('answer-timeout');
  const limit = deadline(within, () => fail('answer-timeout'), { signal });
  let stream: Duplex | undefined;
  try {
    stream = await openTunnel(subject, to, limit);
    return await work(stream, limit);
  } catch (thrown) {
    throw signal.aborted ? reasonOf({ signal }) : thrown;
  } finally {
    limit.done();
    stream?.destroy();
  }
};
