/** Cuts a chain as text into its positions and what stands behind them: a filter in braces is one piece, whatever marks are in it. */

import { fail } from './error.js';

/** The pieces of a chain. */
export interface ChainText {
  /** Every position, without the blanks around it. */
  readonly positions: readonly string[];
  /** What may repeat, behind `;repeat=`. */
  readonly repeat?: string;
}

/** A filter in braces and what stands behind it; only quotes may hold braces there. */
const braced = /\s*\{(?:[^"{}]|"(?:[^"\\]|\\[^])*")*\}[^,]*/uy;
/** A password may have a brace of its own, so that only the first mark of a position counts. */
const named = /[^,]*/uy;

/** Cuts a chain. Throws `bad-cascade` for a brace that nobody closes. */
export const cutChain = (chain: string): ChainText => {
  const behind = /;\s*repeat\s*=([a-z+\s]*)$/.exec(chain);
  const text = behind === null ? chain : chain.slice(0, behind.index);
  if (behind !== null && /;\s*repeat\s*=[a-z+\s]*$/.test(text))
    throw fail('bad-cascade', {
      note: 'repeat= is said twice; what may repeat is joined by +, as in ;repeat=country+network',
    });
  const positions: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const piece = pieceAt(text, at);
    if (piece === undefined)
      throw fail('bad-cascade', { note: `hop ${positions.length + 1}: the brace is not closed` });
    positions.push(piece.trim());
    at += piece.length + 1;
  }
  return { positions, ...(behind?.[1] === undefined ? {} : { repeat: behind[1] }) };
};

const pieceAt = (text: string, at: number): string | undefined => {
  const pattern = new RegExp(/^\s*\{/.test(text.slice(at, at + 64)) ? braced : named);
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};
