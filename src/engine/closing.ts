/** What stopping waits for. */

import type { Socket } from 'node:net';
import type { Millis } from '../model/brand.js';

/** Ends a client; resolves when it is closed. */
export const ended = (client: Socket): Promise<void> =>
  new Promise((resolve) => {
    client.once('close', () => {
      resolve();
    });
    client.destroy();
  });

/** Resolves with the work, or when the time is over. */
export const within = async (time: Millis, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, time);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
};
