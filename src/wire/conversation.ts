/** Answering a client: straight-line code that takes bytes and sends bytes, and knows of no socket. */

/** One step of a conversation. */
export type Step =
  /** Wants exactly so many bytes. */
  | { readonly kind: 'take'; readonly bytes: number }
  /** Wants everything up to and including the mark; more than `limit` bytes without it is the failure `over`. */
  | { readonly kind: 'take-until'; readonly mark: Buffer; readonly limit: number; readonly over: () => Error }
  /** Sends bytes. */
  | { readonly kind: 'send'; readonly bytes: Buffer };

/**
 * A conversation that ends with a Result; bytes nobody asked for stay in the stream.
 * Steps that take are answered with the bytes, steps that send with an empty buffer.
 */
export type Conversation<Result> = Generator<Step, Result, Buffer>;

/** Takes exactly `bytes` bytes. */
export function* take(bytes: number): Conversation<Buffer> {
  return yield { kind: 'take', bytes };
}

/** Takes one byte as a number. */
export function* takeByte(): Conversation<number> {
  return (yield { kind: 'take', bytes: 1 }).readUInt8(0);
}

/** Takes everything up to and including `mark`; throws what `over` makes when `limit` bytes came without it. */
export function* takeUntil(mark: Buffer, limit: number, over: () => Error): Conversation<Buffer> {
  return yield { kind: 'take-until', mark, limit, over };
}

/** Sends bytes. */
export function* send(bytes: Buffer): Conversation<void> {
  yield { kind: 'send', bytes };
}
