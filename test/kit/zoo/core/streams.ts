/** Writing and waiting with streams. */

import type { Duplex } from 'node:stream';

/** Writes, and resolves when there is room for more, or nobody to take it. */
export const written = (to: Duplex, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => {
    if (to.destroyed || to.write(bytes)) {
      resolve();
      return;
    }
    const done = (): void => {
      to.off('drain', done).off('close', done);
      resolve();
    };
    to.on('drain', done).on('close', done);
  });

/** Holds a stream back for so many milliseconds; nothing waits for it when the process ends. */
export const held = async (stream: Duplex, delay: number): Promise<void> => {
  stream.pause();
  await rested(delay);
  stream.resume();
};

/** Resolves after so many milliseconds. */
export const rested = (delay: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delay).unref();
  });
