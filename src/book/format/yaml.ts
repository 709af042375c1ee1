/** One item of a YAML list as a value: bounded in length, depth and what its aliases may unfold to (YAML 1.2.2 §3.2.2.2, §10.1). */

import { parse } from 'yaml';
import type { Rejection } from '../../model/book.js';

/** What an item holds (one value, or those of a flow list), or why it is not read. */
export type Parsed =
  | { readonly kind: 'values'; readonly values: readonly unknown[] }
  | { readonly kind: 'fault'; readonly why: Rejection };

/** Definitions of anchors that later items may use. */
export interface Anchors {
  /** Keeps lines that define one: an item of the list, or a block at the left edge of the file. */
  readonly keep: (lines: readonly string[], as: 'item' | 'block') => void;
  /** What was kept, to be parsed once more; undefined where that was done too often. */
  readonly lend: () => readonly string[] | undefined;
}

const mostAliases = 50;
const mostKept = 16_384;
/** So much of what was kept is parsed again for the items of one list, all together. */
const mostLent = 1_048_576;
const deepest = 32;
const alias = /(?:^|[\s,[{:-])\*[^\s,[\]{}]+/g;
const anchor = /(?:^|[\s,[{:-])&[^\s,[\]{}]+/;

/** Keeps at most 16 KiB of lines. */
export const createAnchors = (): Anchors => {
  const kept: string[] = [];
  let length = 0;
  let lent = 0;
  return {
    keep: (lines, as) => {
      if (!lines.some((line) => anchor.test(line))) return;
      const text = as === 'item' ? outdented(lines) : `- ${lines.join('\n  ')}`;
      length += text.length;
      if (length <= mostKept) kept.push(text);
    },
    lend: () => {
      lent += Math.min(length, mostKept);
      return lent > mostLent ? undefined : kept;
    },
  };
};

/** Parses `- …` or `[ … ]`. All scalars stay texts, so that a port `080` is not read as 80. */
export const parseItem = (lines: readonly string[], anchors: Anchors): Parsed => {
  const text = outdented(lines);
  if (isTooDeep(text)) return { kind: 'fault', why: 'too-deep' };
  const aliases = text.match(alias) ?? [];
  const before = aliases.length === 0 ? [] : anchors.lend();
  if (before === undefined || aliases.length > mostAliases) return { kind: 'fault', why: 'too-many' };
  const all = [...before, text].join('\n');
  try {
    const values: unknown = parse(all, options);
    return Array.isArray(values)
      ? { kind: 'values', values: values.slice(before.length) }
      : { kind: 'fault', why: 'broken-record' };
  } catch (thrown) {
    const unfolds =
      thrown instanceof ReferenceError && aliases.every((each) => all.includes(each.replace(/^.?\*/, '&')));
    return { kind: 'fault', why: unfolds ? 'too-many' : 'broken-record' };
  }
};

const options = {
  schema: 'failsafe',
  merge: true,
  uniqueKeys: false,
  maxAliasCount: mostAliases,
  prettyErrors: false,
  logLevel: 'error',
} as const;

/** Nesting costs the parser a call each: brackets, and dashes or question marks in a row. */
const isTooDeep = (text: string): boolean => {
  if (/(?:[-?]\s+){32}/.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > deepest) return true;
  }
  return false;
};

/** The lines without the blanks that all of them have, as far as the first one has them. */
const outdented = (lines: readonly string[]): string => {
  const indent = /^\s*/.exec(lines[0] ?? '')?.[0].length ?? 0;
  return lines.map((line) => (line.slice(0, indent).trim() === '' ? line.slice(indent) : line)).join('\n');
};
