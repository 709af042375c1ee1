/** Runs the exchanges of a whole route over one stream: one question at a time, or many in one flight where the hops bear it. */

import type { Duplex } from 'node:stream';
import { fail } from '../model/error.js';
import type { Exchange } from '../wire/exchange.js';
import { type Absorbed, absorb } from './absorb.js';
import type { Cancel } from './cancel.js';

/** An exchange and what is known of the hop that reads it. */
export interface Leg extends Exchange {
  /** Counted from 1. */
  readonly hop: number;
  /** Whether that hop keeps bytes that arrive behind this question before it was answered; what is not known is false. */
  readonly keeps: boolean;
}

/** Is told of each answer as it is complete and of the leg that is waited for next, so that the caller knows whom a failure concerns. */
export type OnAnswer<Each extends Leg> = (leg: Each, next: Each | undefined) => void;

/**
 * Asks all questions and reads all answers strictly in order, byte exact; what follows the last answer stays in the stream.
 * Rejects with what an exchange throws, with `hop-closed` or `hop-reset` at an early end, or with the signal's reason.
 */
export const fly = <Each extends Leg>(
  stream: Duplex,
  legs: readonly Each[],
  onAnswer: OnAnswer<Each>,
  cancel: Cancel,
): Promise<void> => {
  let asked = 0;
  let answered = 0;

  const askMore = (): void => {
    const questions: Buffer[] = [];
    for (;;) {
      const next = legs[asked];
      if (next === undefined || (asked > answered && legs[asked - 1]?.keeps !== true)) break;
      questions.push(next.ask);
      asked += 1;
    }
    const [only] = questions;
    if (only !== undefined) stream.write(questions.length === 1 ? only : Buffer.concat(questions));
  };

  const feed = (seen: Buffer): Absorbed<void> => {
    let used = 0;
    for (;;) {
      const leg = legs[answered];
      if (leg === undefined) return { used, result: { value: undefined } };
      if (asked <= answered) askMore();
      const size = leg.answer(seen.subarray(used));
      if (size === 0) return { used };
      used += size;
      answered += 1;
      onAnswer(leg, legs[answered]);
      askMore();
    }
  };

  return absorb(
    stream,
    { feed, lost: (how, cause) => fail(how === 'reset' ? 'hop-reset' : 'hop-closed', {}, cause) },
    cancel,
  );
};
