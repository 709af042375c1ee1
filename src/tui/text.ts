/** Text that came from outside made harmless and measured: a terminal obeys none of it, and every cell of it can be counted. */

import stringWidth from 'string-width';
import type { Line, Span } from './line.js';

/** What stands for a character that terminals draw in different widths, or that is no character. */
const substitute = '\ufffd';

/** Printable ASCII, which needs neither cleaning nor measuring. */
const plain = /^[\x20-\x7e]*$/;

/** Controls, marks that turn the direction of writing or have no width, marks that pile up on others, and what is left of pairs. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{M}\p{Zl}\p{Zp}\u115f-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u3164\uffa0]/gu;

/**
 * What every terminal gives the same cells, and writes from left to right: letters of Latin, Greek, Cyrillic, Armenian, Georgian
 * and of East Asia, with their usual marks of punctuation. Of everything else terminals and versions of Unicode think differently.
 */
const certain =
  /[\x20-\x7e\u00a1-\u00ac\u00ae-\u00ff\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\p{Script=Hangul}\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u3001-\u3029\u3030-\u303e\uff01-\uff60]/u;

/**
 * A text that a terminal only shows: tabs and line ends become spaces, accents are composed where there is a composed letter
 * and dropped where there is none, everything invisible goes, and what terminals draw in different widths becomes `\ufffd`.
 */
export const clean = (text: string): string => {
  if (plain.test(text)) return text;
  const seen = text
    .replace(/[\t\n\r]+/g, ' ')
    .normalize('NFC')
    .replace(unseen, '')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ');
  return Array.from(seen, (sign) => (sign.length === 1 && certain.test(sign) ? sign : substitute)).join('');
};

/** What most texts on a screen are made of, one cell each: letters of Europe, marks, lines and blocks. To measure the rest costs a hundred times more. */
const narrow =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u0391-\u03a1\u03b1-\u03c9\u0410-\u044f\u2010-\u2027\u2030-\u203b\u2190-\u2193\u2264\u2265\u2500-\u259f\u25b8\u25cf\ufffd]*$/;

/** The cells that a cleaned text takes. */
export const widthOf = (text: string): number => (narrow.test(text) ? text.length : measure(text));

const measure = (text: string): number => Array.from(text).reduce((sum, character) => sum + cells(character), 0);

const cells = (character: string): number => (narrow.test(character) ? 1 : stringWidth(character));

/** Cut to so many cells, with an ellipsis where something is missing; no wide character is halved. */
export const clip = (text: string, columns: number, ellipsis = '…'): string => {
  if (columns <= 0) return '';
  if (text.length <= columns && narrow.test(text)) return text;
  if (widthOf(text) <= columns) return text;
  if (columns < 2) return cut(text, columns);
  return cut(text, columns - widthOf(ellipsis)) + ellipsis;
};

const cut = (text: string, columns: number): string => {
  if (narrow.test(text)) return text.slice(0, Math.max(0, columns));
  let [taken, width] = ['', 0];
  for (const character of text) {
    width += cells(character);
    if (width > columns) break;
    taken += character;
  }
  return taken;
};

/** Exactly so many cells: clipped, or filled with spaces behind (`left`) or before (`right`). */
export const fit = (text: string, columns: number, align: 'left' | 'right' = 'left'): string => {
  const clipped = clip(text, columns);
  const space = ' '.repeat(Math.max(0, columns - widthOf(clipped)));
  return align === 'left' ? clipped + space : space + clipped;
};

/** The cells that a line takes. */
export const lineWidth = (line: Line): number => line.reduce((sum, { text }) => sum + widthOf(text), 0);

/** A line cut to so many cells. */
export const clipLine = (line: Line, columns: number): Line => {
  const clipped: Span[] = [];
  let left = columns;
  for (const each of line) {
    if (left <= 0) break;
    const text = clip(each.text, left);
    clipped.push(text === each.text ? each : { ...each, text });
    left -= widthOf(text);
  }
  return clipped;
};

/** A line of exactly so many cells. */
export const fitLine = (line: Line, columns: number): Line => {
  const clipped = clipLine(line, columns);
  const space = columns - lineWidth(clipped);
  return space > 0 ? [...clipped, { text: ' '.repeat(space) }] : clipped;
};

/** Two ends of a line, the right one flush right; the left one gives way. */
export const ends = (left: Line, right: Line, columns: number): Line => {
  const room = columns - lineWidth(right);
  return room <= 0 ? clipLine(right, columns) : [...fitLine(left, room), ...right];
};

/** Words in lines of at most so many cells; a word that is longer is clipped. */
export const wrap = (text: string, columns: number, indent = ''): readonly string[] => {
  const lines: string[] = [];
  for (const word of clean(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + widthOf(word) < columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(clip((lines.length === 0 ? '' : indent) + word, columns));
  }
  return lines;
};

/** A row as the chosen one: every piece of it, to its full width. */
export const choose = (line: Line, columns: number): Line =>
  fitLine(line, columns).map((each) => ({ ...each, chosen: true as const }));
