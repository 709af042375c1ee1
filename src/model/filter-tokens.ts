/** Cuts the text of a filter into words, quoted text, comparisons and signs, each with its place. */

import { fail } from './error.js';

/** A piece of a filter; `from` and `to` are places in the text, from 0. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'op' | 'sign';
  /** What it means: quoted text without its quotes. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** A quote that nobody closed. */
  readonly open?: true;
}

/** A word as it stands in a filter: in quotes where it needs them. */
export const quoteWord = (word: string): string =>
  plainWord.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`;

const plainWord = /^[^\s,|()!=<>~{}"\\\p{C}\p{Z}]+$/u;

const pieces =
  /(?<blank>\s+)|(?<op>>=|<=|!=|=|>|<|~)|(?<sign>[,|()!])|(?<quoted>"(?:[^"\\]|\\["\\])*(?:"|$))|(?<word>[^\s,|()!=<>~{}"\\]+)/uy;

/** Everything of a text up to what is no piece of a filter, and where that is. */
export interface Cut {
  readonly tokens: readonly Token[];
  /** Where the first thing stands that is no piece of a filter. */
  readonly stuckAt?: number;
}

/** Cuts a text; nothing is thrown, so that half of a filter may be completed. */
export const cut = (text: string): Cut => {
  const tokens: Token[] = [];
  const pattern = new RegExp(pieces);
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    const token = found === null ? undefined : tokenOf(found, at);
    if (token === 'hidden' || found === null) return { tokens, stuckAt: at };
    if (token !== undefined) tokens.push(token);
    at += found[0].length;
  }
  return { tokens };
};

/** Every token of a filter. Throws `bad-filter` for what is none. */
export const tokensOf = (text: string): readonly Token[] => {
  const { tokens, stuckAt } = cut(text);
  if (stuckAt !== undefined) throw bad(stuckAt, 'this character means nothing here; in quotes it stands for itself');
  const open = tokens.find((token) => token.open);
  if (open !== undefined) throw bad(open.from, 'the quote is not closed');
  return tokens;
};

const bad = (at: number, note: string) => fail('bad-filter', { note: `at character ${at + 1}: ${note}` });

/** Control characters, marks that turn text around, halves of characters and the like are in no filter, quoted or not. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

const tokenOf = ({ groups = {}, 0: text }: RegExpExecArray, from: number): Token | 'hidden' | undefined => {
  const to = from + text.length;
  if (groups['blank'] !== undefined) return undefined;
  if (hidden.test(text)) return 'hidden';
  if (groups['op'] !== undefined) return { kind: 'op', text, from, to };
  if (groups['sign'] !== undefined) return { kind: 'sign', text, from, to };
  if (groups['word'] !== undefined) return { kind: 'word', text, from, to };
  return quotedToken(text, from);
};

const quotedToken = (text: string, from: number): Token => {
  const closed = /^"(?:[^"\\]|\\["\\])*"$/u.test(text);
  const inner = text.slice(1, closed ? -1 : undefined).replace(/\\(["\\])/g, '$1');
  return { kind: 'quoted', text: inner, from, to: from + text.length, ...(closed ? {} : { open: true as const }) };
};
