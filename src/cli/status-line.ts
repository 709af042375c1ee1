/** One line at the foot of a terminal that says how long work stands; nothing where there is no terminal to say it to. */

import { cutTo } from './columns.js';
import type { Output } from './output.js';

/** The line. */
export interface StatusLine {
  readonly show: (text: string) => void;
  /** Takes it away, before something else is printed. */
  readonly clear: () => void;
}

/** Where it stands, and what is known of the terminal. */
export interface Foot {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

/** A line on stderr; none where that is no terminal that can take a line back, or JSON is wanted. */
export const createStatusLine = (
  { json }: Pick<Output, 'json'>,
  foot: Foot = process.stderr,
  { TERM: kind }: Readonly<Record<string, string | undefined>> = process.env,
): StatusLine => {
  const isShown = foot.isTTY === true && !json && kind !== 'dumb';
  let isThere = false;
  const clear = (): void => {
    if (isThere) foot.write('\r\x1b[K');
    isThere = false;
  };
  return {
    clear,
    show: (text) => {
      if (!isShown) return;
      // A line that is broken into two cannot be taken back.
      foot.write(`\r\x1b[K${cutTo(text, (foot.columns ?? 80) - 1)}`);
      isThere = true;
    },
  };
};
