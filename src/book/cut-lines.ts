/** Cuts text that comes in pieces into lines: LF, CR, CRLF, NEL, U+2028 and U+2029 end one; a line beyond measure costs no memory. */

import { type LineReader, type TextReader, longestLine } from './format/format.js';

/** What becomes of lines that are not read. */
export interface Unread {
  /** It was too long, and skipped. */
  readonly tooLong: (line: number) => void;
  /** The last one has no end, and may be the beginning of a line; without this it is read like the others. */
  readonly cutOff?: (line: number) => void;
}

/** Feeds a reader of lines, counted from 1, blank ones too. */
export const createLineCut = (reader: LineReader, { tooLong, cutOff }: Unread): TextReader => {
  const ends = /\r\n|[\n\r\u0085\u2028\u2029]/g;
  let carry = '';
  let skipping = false;
  let returned = false;
  let line = 0;
  const close = (rest: string): void => {
    line += 1;
    if (skipping || carry.length + rest.length > longestLine) tooLong(line);
    else reader.line(carry === '' ? rest : carry + rest, line);
    carry = '';
    skipping = false;
  };
  const keep = (rest: string): void => {
    if (!skipping) carry += rest;
    skipping ||= carry.length > longestLine;
    if (skipping) carry = '';
  };
  return {
    text: (piece) => {
      let from = returned && piece.startsWith('\n') ? 1 : 0;
      ends.lastIndex = from;
      for (let end = ends.exec(piece); end !== null; end = ends.exec(piece)) {
        close(piece.slice(from, end.index));
        from = ends.lastIndex;
      }
      keep(piece.slice(from));
      if (piece !== '') returned = piece.endsWith('\r');
    },
    end: () => {
      if (cutOff !== undefined && carry !== '') cutOff(line + 1);
      else if (carry !== '' || skipping) close('');
      reader.end();
    },
  };
};
