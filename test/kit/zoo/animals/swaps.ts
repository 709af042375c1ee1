/** P40: swaps answers that are on their way at the same time */

import type { Animal } from '../animal.js';
import { openProxy } from '../core/proxy.js';
import type { Behaviour, Whole } from '../core/behaviour.js';

/** Waits a moment for another answer to swap with. */
const swapped = (): Behaviour => {
  let waiting: { readonly answer: Whole; readonly give: (other: Whole) => void } | undefined;
  return {
    response: (answer) =>
      new Promise((resolve) => {
        if (waiting !== undefined) {
          waiting.give(answer);
          resolve(waiting.answer);
          waiting = undefined;
          return;
        }
        const own = { answer, give: resolve };
        waiting = own;
        setTimeout(() => {
          if (waiting !== own) return;
          waiting = undefined;
          resolve(answer);
        }, 60).unref();
      }),
  };
};

export const p40: Animal = {
  id: 'P40',
  about: 'swaps answers that are on their way at the same time',
  speaks: ['http'],
  truth: { forward: 'hostile', tunnel: 'exact' },
  fires: ['forward C08'],
  open: (world) => openProxy(world, ['http'], swapped()),
};
