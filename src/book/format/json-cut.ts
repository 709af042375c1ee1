/**
 * Cuts records out of JSON text that comes in pieces, without holding the text: the objects that name a host, and the
 * texts in lists. Depth costs a frame, never a call; a break inside a record costs that record only (RFC 8259).
 */

import {
  type Cut,
  type State,
  breakOff,
  closeFrame,
  finish,
  loseLong,
  openFrame,
  settle,
  topOf,
  wordAt,
} from './json-frame.js';
import { type TextReader, longestLine } from './format.js';
import { isAddressKey } from './record.js';

/** Reads JSON in pieces; an object is a record by its fields. Tells each record, text and fault as soon as it cannot be part of a larger record any more. */
export const createJsonCut = (found: (cut: Cut) => void, isTelling = isAddressKey): TextReader => {
  const state: State = {
    ...{ frames: [], waiting: [], found, isTelling, kept: '', keptFrom: 0, at: 0, line: 1, returned: false, before: 0 },
    ...{ stringFrom: -1, stringLine: 1, escaped: false, tooDeep: 0, said: false, noise: 0 },
  };
  return {
    text: (piece) => advance(state, piece),
    end: () => finish(state),
  };
};

const quote = 0x22;
const newline = 0x0a;
const carriage = 0x0d;

const advance = (state: State, piece: string): void => {
  state.kept += piece;
  const { kept, keptFrom } = state;
  const until = keptFrom + kept.length;
  for (; state.at < until; state.at += 1) {
    const code = kept.charCodeAt(state.at - keptFrom);
    if (state.stringFrom === -1) readOutside(state, code);
    else readInside(state, code);
    countLine(state, code);
  }
  loseLong(state);
  settle(state);
  forget(state);
};

const countLine = (state: State, code: number): void => {
  if (code === carriage || (code === newline && !state.returned)) state.line += 1;
  state.returned = code === carriage;
};

/** A raw line end inside a string is a break (RFC 8259 §7): the record it stands in is lost, the next line is read afresh. */
const readInside = (state: State, code: number): void => {
  if (code === newline || code === carriage) {
    state.stringFrom = -1;
    state.escaped = false;
    breakOff(state, 'broken-record');
  } else if (state.escaped) state.escaped = false;
  else if (code === 0x5c) state.escaped = true;
  else if (code === quote) {
    wordAt(state);
    state.stringFrom = -1;
    state.before = quote;
  }
};

const readOutside = (state: State, code: number): void => {
  if (code === 0x20 || code === newline || code === carriage || code === 0x09) return;
  if (code === quote) {
    state.stringFrom = state.at;
    state.stringLine = state.line;
    return;
  }
  readMark(state, code);
  state.before = code;
};

const readMark = (state: State, code: number): void => {
  if (code === 0x7b) openFrame(state, 'object');
  else if (code === 0x5b) openFrame(state, 'list');
  else if (code === 0x7d) closeFrame(state, 'object');
  else if (code === 0x5d) closeFrame(state, 'list');
  else if (code !== 0x2c && code !== 0x3a) readBare(state, code);
};

/** Numbers, true, false, null; outside of everything it is not JSON at all, which is said once a line. */
const readBare = (state: State, code: number): void => {
  const top = topOf(state);
  if (top === undefined) {
    if (state.noise !== state.line)
      state.waiting.push({ kind: 'fault', why: 'broken-record', line: state.line, text: '' });
    state.noise = state.line;
  } else if (state.before === 0x3a && code !== 0x6e) top.named ||= top.addressed;
};

/** Lets go of all text before the first object that may still be a record, or the string that is being read. */
const forget = (state: State): void => {
  const open = state.frames.find(({ shape, lost }) => shape === 'object' && lost === undefined);
  const string = state.stringFrom === -1 || state.at - state.stringFrom > longestLine ? state.at : state.stringFrom;
  const from = Math.min(open?.from ?? state.at, string);
  state.kept = state.kept.slice(from - state.keptFrom);
  state.keptFrom = from;
};
