/** Objects and lists that are open while JSON is cut into records, and what becomes of them when they close. */

import type { Rejection } from '../../model/book.js';
import { longestLine } from './format.js';
import { protocolWord } from './scheme.js';

/** A piece of JSON with the names under which it stands, outermost first, `''` for a place in a list; or why something was not read. */
export type Cut =
  | {
      readonly kind: 'record' | 'text';
      readonly json: string;
      readonly line: number;
      readonly keys: readonly string[];
      /** It stands beside a list that is named as one, and so may tell of that list. */
      readonly beside?: boolean;
    }
  | { readonly kind: 'fault'; readonly why: Rejection; readonly line: number; readonly text: string };

/** An object or list that is open. */
export interface Frame {
  readonly shape: 'object' | 'list';
  /** Where it begins in the whole text. */
  readonly from: number;
  readonly line: number;
  /** The name under which it stands; empty in a list. */
  readonly key: string;
  /** How many cuts waited when it began. */
  readonly waited: number;
  /** The last name that was read in it, and whether that name says where a proxy is. */
  last: string;
  addressed: boolean;
  /** It has such a field with a value. */
  named: boolean;
  /** Records were found in it: it is what holds records. */
  gave: boolean;
  /** A list stands in it under a name that says so: what stands under other names is beside that list. */
  wraps: boolean;
  /** Why it cannot be a record any more. */
  lost: Rejection | undefined;
}

/** All that is known of the text so far; `kept` is its end, from `keptFrom` on. */
export interface State {
  readonly frames: Frame[];
  readonly waiting: Cut[];
  readonly found: (cut: Cut) => void;
  /** Tells whether a field of that name makes an object a record. */
  readonly isTelling: (name: string) => boolean;
  kept: string;
  keptFrom: number;
  at: number;
  line: number;
  returned: boolean;
  /** The last character outside strings that was not blank. */
  before: number;
  stringFrom: number;
  stringLine: number;
  escaped: boolean;
  tooDeep: number;
  /** Something was told, or there was a list, if an empty one. */
  said: boolean;
  noise: number;
}

/** Deeper than this no list is. */
const deepest = 64;
const brace = 0x7b;
const comma = 0x2c;
const colon = 0x3a;

/** The innermost open frame. */
export const topOf = (state: State): Frame | undefined => state.frames.at(-1);

/** Opens an object or list. An object where a name must stand means that the one around it was never closed. */
export const openFrame = (state: State, shape: Frame['shape']): void => {
  loseLong(state);
  if (shape === 'object' && wantsName(state)) breakOff(state, 'broken-record');
  if (state.frames.length >= deepest) return sink(state);
  const top = topOf(state);
  state.said ||= shape === 'list';
  state.frames.push({
    shape,
    from: state.at,
    line: state.line,
    key: top?.shape === 'object' ? top.last : '',
    waited: state.waiting.length,
    last: '',
    addressed: false,
    named: false,
    gave: false,
    wraps: false,
    lost: undefined,
  });
  if (shape === 'list') wrap(state);
};

/** The names under which lists stand in the answers of list servers and in settings. */
const listNames = /^(?:prox(?:y|ies)|proxy_?list|data|list|results?|items|outbounds)$/i;

const isListed = (key: string | undefined): boolean =>
  key === undefined || listNames.test(key) || protocolWord(key) !== undefined;

/** A list was opened: the objects in which it stands under such a name are its wrapping, and what waits of them may be beside it. */
const wrap = (state: State): void => {
  const around = state.frames.filter(
    ({ shape, wraps }, at) => shape === 'object' && !wraps && listNames.test(state.frames[at + 1]?.key ?? ''),
  );
  for (const frame of around) frame.wraps = true;
  const from = around[0]?.waited ?? state.waiting.length;
  state.waiting.push(...state.waiting.splice(from).map((cut) => placed(state, cut)));
};

const placed = (state: State, cut: Cut): Cut =>
  cut.kind !== 'fault' && state.frames.some(({ wraps }, at) => wraps && !isListed(cut.keys[at + 1]))
    ? { ...cut, beside: true }
    : cut;

const wantsName = (state: State): boolean =>
  topOf(state)?.shape === 'object' && (state.before === brace || state.before === comma);

const sink = (state: State): void => {
  state.tooDeep += 1;
  for (const frame of state.frames) frame.lost ??= 'too-deep';
  if (state.tooDeep === 1) push(state, fault('too-deep', state.line));
};

/** Closes the innermost frame of a shape; what is still open inside it was broken. */
export const closeFrame = (state: State, shape: Frame['shape']): void => {
  loseLong(state);
  if (state.tooDeep > 0) {
    state.tooDeep -= 1;
    return;
  }
  if (!state.frames.some((frame) => frame.shape === shape)) return push(state, fault('broken-record', state.line));
  while (topOf(state)?.shape !== shape) abandon(state, 'broken-record');
  const frame = state.frames.pop();
  if (frame?.shape === 'object') judge(state, frame);
};

/** A record names a host and holds no other records. An object of a list that is neither is told; a wrapper is not. */
const judge = (state: State, frame: Frame): void => {
  if (frame.gave) return;
  if (!frame.named) {
    const held = state.waiting.length > frame.waited;
    if (topOf(state)?.shape === 'list' && !held)
      push(state, fault('no-address', frame.line, namesIn(textOf(state, frame))));
    return;
  }
  if (frame.lost !== undefined) return push(state, fault(frame.lost, frame.line));
  state.waiting.length = Math.min(state.waiting.length, frame.waited);
  const keys = [...state.frames.map(({ key }) => key), frame.key];
  give(state, { kind: 'record', json: textOf(state, frame), line: frame.line, keys });
};

/** Gives up the innermost object and what is open in it; where there is none, the lists stay. */
export const breakOff = (state: State, why: Rejection): void => {
  const at = state.frames.findLastIndex(({ shape }) => shape === 'object');
  if (at === -1) return push(state, fault(why, state.line));
  while (state.frames.length > at) abandon(state, why);
};

/** Gives up the innermost frame: a broken object is told, with the names in it, never its values. */
const abandon = (state: State, why: Rejection): void => {
  const frame = state.frames.pop();
  if (frame?.shape !== 'object') return;
  if (frame.lost === undefined && !frame.gave) state.waiting.length = Math.min(state.waiting.length, frame.waited);
  push(state, fault(frame.lost ?? why, frame.line, namesIn(textOf(state, frame))));
};

/** A string has ended: a name in an object, a value of one, or a text in a list. */
export const wordAt = (state: State): void => {
  loseLong(state);
  const top = topOf(state);
  const length = state.at + 1 - state.stringFrom;
  const json =
    length > longestLine
      ? undefined
      : state.kept.slice(state.stringFrom - state.keptFrom, state.at + 1 - state.keptFrom);
  if (top?.shape === 'object') {
    if (state.before === colon) top.named ||= top.addressed;
    else name(state, top, json);
  } else if (json === undefined) push(state, fault('too-long', state.stringLine));
  else give(state, { kind: 'text', json, line: state.stringLine, keys: state.frames.map(({ key }) => key) });
};

const name = (state: State, frame: Frame, json: string | undefined): void => {
  frame.last = json === undefined || json.length > 80 ? '' : json.slice(1, -1);
  frame.addressed = state.isTelling(frame.last);
};

/** The text is over: what is open was cut off, and a text without anything in it is no list. */
export const finish = (state: State): void => {
  const open = state.frames.length > 0 || state.stringFrom !== -1;
  const record = state.frames.find(({ named, gave }) => named && !gave);
  if (record !== undefined) {
    if (record.lost === undefined) state.waiting.length = Math.min(state.waiting.length, record.waited);
    push(state, fault(record.lost ?? 'broken-record', record.line, namesIn(textOf(state, record))));
  } else if (open) push(state, fault('broken-record', state.line, 'the text ends early'));
  state.frames.length = 0;
  settle(state);
  if (!state.said && state.at > 0) state.found(fault('no-address', 1));
};

/** Tells what waits, unless an open object may yet turn out to be a record with all of it inside. */
export const settle = (state: State): void => {
  if (state.frames.some(({ shape, lost }) => shape === 'object' && lost === undefined)) return;
  for (const cut of state.waiting.splice(0)) state.found(cut);
};

/** What is longer than a record may be is none; it may still hold some. Looked at wherever it matters, so that pieces do not. */
export const loseLong = (state: State): void => {
  for (const frame of state.frames) if (state.at - frame.from > longestLine) frame.lost ??= 'too-long';
};

/** A record of a list tells all around it that they are what holds records; one under a name is only a part, if that around it is a record. */
const give = (state: State, cut: Cut): void => {
  if (cut.kind === 'record' && topOf(state)?.shape === 'list') for (const frame of state.frames) frame.gave = true;
  push(state, placed(state, cut));
};

const push = (state: State, cut: Cut): void => {
  state.said = true;
  state.waiting.push(cut);
};

const fault = (why: Rejection, line: number, text = ''): Cut => ({ kind: 'fault', why, line, text });

const textOf = (state: State, frame: Frame): string =>
  frame.lost === undefined
    ? state.kept.slice(Math.max(0, frame.from - state.keptFrom), state.at + 1 - state.keptFrom)
    : '';

const namesIn = (json: string): string =>
  `{${[...json.slice(0, 1024).matchAll(/"([^"\\]{1,32})"\s*:/g)].map(([, word = '']) => word).join(', ')}}`;
