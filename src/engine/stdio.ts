/** Connects two streams of this process with a target, through a cascade: what ssh's ProxyCommand wants. */

import { pipeline } from 'node:stream/promises';
import { fail } from '../model/error.js';
import type { Tunnel } from '../net/relay.js';
import type { Stdio } from './controller.js';

/**
 * Carries both directions; the end of the input is passed on, the end of the tunnel ends it all.
 * Rejects with `hop-reset` when the tunnel breaks, or with the reason of the signal.
 */
export const carry = async ({ stream }: Tunnel, { input, output }: Stdio, signal: AbortSignal): Promise<void> => {
  const up = new AbortController();
  const stop = (): void => {
    up.abort();
    stream.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  const upward = pipeline(input, stream, { signal: up.signal }).catch(() => undefined);
  try {
    await pipeline(stream, output, { end: false });
  } catch (cause) {
    if (signal.aborted) throw fail('interrupted');
    throw fail('hop-reset', { blame: { reporter: 0, suspect: 1, phase: 'relay' } }, cause);
  } finally {
    signal.removeEventListener('abort', stop);
    up.abort();
    await upward;
  }
};
