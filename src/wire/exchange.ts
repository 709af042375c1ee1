/** Asking a hop: every upstream handshake is a fixed row of questions and answers. */

/** One question to a hop, and how many bytes its answer takes; good for one stream, whose bytes `answer` sees grow. */
export interface Exchange {
  readonly phase: 'greeting' | 'auth' | 'request';
  readonly ask: Buffer;
  /**
   * Bytes used by a complete answer at the head of `seen`, 0 while it is incomplete.
   * Throws a KaskadeError when it is a refusal or nonsense; never looks behind the answer.
   */
  readonly answer: (seen: Buffer) => number;
}

/** No answer of a hop is longer: what is longer ends in `hop-oversized`. */
export const longestAnswer = 64 * 1024;
