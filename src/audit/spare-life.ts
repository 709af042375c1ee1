/** How long a proxy bears a connection on which nothing is said, as spare ones are kept. */

import type { Duplex } from 'node:stream';
import { millis, now, since } from '../model/brand.js';
import { fail } from '../model/error.js';
import type { SpareLife } from '../model/spare.js';
import { type Cancel, deadline, reasonOf, whenAborted } from '../net/cancel.js';
import type { Stand } from './stand.js';

/** Watches one connection for as long as strangers are waited for. Undefined where there is none; rejects only where it is called off. */
export const spareLifeAt = async (stand: Stand): Promise<SpareLife | undefined> => {
  const limit = deadline(stand.within, () => fail('hop-timeout'), stand);
  try {
    const stream = await stand.subject.reach(limit);
    limit.done();
    return await lifeOf(stream, stand.patience, stand);
  } catch {
    if (stand.signal.aborted) throw reasonOf(stand);
    return undefined;
  } finally {
    limit.done();
  }
};

/** Until the other side ends it, or for so many milliseconds; then it is ended here. */
const lifeOf = (stream: Duplex, most: number, cancel: Cancel): Promise<SpareLife> =>
  new Promise((resolve, reject) => {
    if (cancel.signal.aborted) {
      stream.destroy();
      reject(reasonOf(cancel));
      return;
    }
    const began = now();
    const settle = (): void => {
      clearTimeout(timer);
      forget();
      stream.off('end', onEnd).off('close', onEnd).destroy();
    };
    const tell = (how: SpareLife['how']): void => {
      settle();
      resolve({ how, after: millis(Math.round(since(began, now()))) });
    };
    const onEnd = (): void => {
      tell('ended');
    };
    const timer = setTimeout(() => {
      tell('outlived');
    }, most);
    const forget = whenAborted(cancel, () => {
      settle();
      reject(reasonOf(cancel));
    });
    stream
      .on('error', () => undefined)
      .on('end', onEnd)
      .on('close', onEnd)
      .resume();
    if (stream.destroyed || stream.readableEnded) onEnd();
  });
