/** Runs a conversation with a client over a stream. */

import type { Duplex } from 'node:stream';
import { fail } from '../model/error.js';
import type { Conversation, Step } from '../wire/conversation.js';
import { type Absorbed, absorb } from './absorb.js';
import type { Cancel } from './cancel.js';

/**
 * Runs the conversation to its end; bytes nobody asked for stay in the stream.
 * Rejects with what the conversation throws, with `client-gone` when the stream ends before, or with the signal's reason.
 */
export const drive = <Result>(conversation: Conversation<Result>, stream: Duplex, cancel: Cancel): Promise<Result> => {
  let step = conversation.next(nothing);
  let scanned = 0;

  /** Answers as many steps as the bytes seen allow. */
  const feed = (seen: Buffer): Absorbed<Result> => {
    let used = 0;
    while (step.done !== true) {
      const rest = seen.subarray(used);
      const taken = satisfy(step.value, rest, { stream, scanned });
      if (taken === undefined) {
        scanned = rest.length;
        return { used };
      }
      scanned = 0;
      used += taken.length;
      step = conversation.next(taken);
    }
    return { used, result: { value: step.value } };
  };

  return absorb(stream, { feed, lost: (_how, cause) => fail('client-gone', {}, cause) }, cancel);
};

const nothing = Buffer.alloc(0);

/** The bytes that a step asked for, or undefined while they have not all arrived. */
const satisfy = (
  step: Step,
  seen: Buffer,
  { stream, scanned }: { readonly stream: Duplex; readonly scanned: number },
): Buffer | undefined => {
  switch (step.kind) {
    case 'take':
      return seen.length >= step.bytes ? seen.subarray(0, step.bytes) : undefined;
    case 'take-until': {
      const end = seen.indexOf(step.mark, Math.max(0, scanned - step.mark.length));
      const length = end === -1 ? seen.length : end + step.mark.length;
      if (length > step.limit) throw step.over();
      return end === -1 ? undefined : seen.subarray(0, length);
    }
    case 'send':
      stream.write(step.bytes);
      return nothing;
  }
};
