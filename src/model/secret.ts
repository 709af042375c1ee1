/** A text that must never be printed: every way of turning it into text gives `‹secret›`. */

const inspect = Symbol.for('nodejs.util.inspect.custom');
const hidden = '‹secret›';

/** Holds a credential. Only hop/, config/store.ts, book/logins.ts and the writer of URLs in book/write/ may call reveal(). */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The credential itself, for the bytes that go to the hop it belongs to. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect](): string {
    return hidden;
  }
}
