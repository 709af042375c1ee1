/** Clash and mihomo YAML: the items below `proxies:`, each parsed alone, so that no anchor can grow beyond its item. */

import { type Format, type Ground, type LineReader, longestLine } from './format.js';
import { isRefused } from './entry.js';
import { sketch } from './json.js';
import { rejected, tell } from './lines.js';
import { type Fields, fieldsOf } from './fields.js';
import { overTls, readRecord } from './record.js';
import { unsaid } from './scheme.js';
import { createAnchors, parseItem } from './yaml.js';

const heading = /^(?:proxies|Proxy)\s*:(?:\s+(.*))?$/;

export const clash: Format = {
  name: 'clash',
  about: 'Clash or mihomo YAML: the list under proxies',
  resembles: ({ lines }) => {
    const told = lines.filter((line) => !line.startsWith('#'));
    const at = told.findIndex((line) => heading.test(line));
    const value = heading.exec(told[at] ?? '')?.[1] ?? '';
    return at !== -1 && (/^[[&]/.test(value) || (/^(?:#.*)?$/.test(value) && /^-\s/.test(told[at + 1] ?? '')));
  },
  takes: 'lines',
  open: (ground) => openYaml(ground),
};

/** An item that is being collected. */
interface Item {
  readonly line: number;
  readonly lines: string[];
  length: number;
  /** Flow lists that are open. */
  depth: number;
}

interface State {
  readonly ground: Ground;
  readonly anchors: ReturnType<typeof createAnchors>;
  /** Inside of `proxies:`, in a block outside that may define an anchor, or in one that is passed over. */
  where: 'proxies' | 'flow' | 'anchor' | 'elsewhere';
  indent: number;
  item: Item | undefined;
}

const openYaml = (ground: Ground): LineReader => {
  const state: State = { ground, anchors: createAnchors(), where: 'elsewhere', indent: -1, item: undefined };
  return {
    line: (text, number) => readLine(state, text, number),
    end: () => close(state),
  };
};

const readLine = (state: State, text: string, number: number): void => {
  if (/^\s*(?:#|$)/.test(text)) return;
  if (/^(?:[^\s\-\]}]|-{3})/.test(text) && state.where !== 'flow') return startBlock(state, text, number);
  if (state.where === 'elsewhere') return;
  if (state.where === 'proxies' && isItem(state, text)) {
    close(state);
    state.item = { line: number, lines: [], length: 0, depth: 0 };
  }
  append(state, text, number);
};

/** What a line at the left edge of YAML may be: a name with its value, a quoted one, the mark of a document, or a directive. */
const edge = /^(?:[^\s:#"'{}[\]]+|"[^"]*"|'[^']*')\s*:(?:\s|$)|^(?:---|\.\.\.)(?:\s|$)|^%/;

/** A line at the left edge ends what was before it. One that is not of YAML, such as a row of another list, is told. */
const startBlock = (state: State, text: string, number: number): void => {
  close(state);
  state.indent = -1;
  if (!edge.test(text)) {
    state.where = 'elsewhere';
    return state.ground.say(rejected('not-a-proxy', number, text));
  }
  const value = heading.exec(text)?.[1]?.trim() ?? '';
  state.where = whereAfter(text, value);
  if (state.where !== 'flow' && state.where !== 'anchor') return;
  state.item = { line: number, lines: [], length: 0, depth: 0 };
  append(state, state.where === 'flow' ? value : text, number);
};

const whereAfter = (text: string, value: string): State['where'] => {
  if (heading.test(text)) return value.startsWith('[') ? 'flow' : 'proxies';
  return text.includes('&') ? 'anchor' : 'elsewhere';
};

const isItem = (state: State, text: string): boolean => {
  const dash = /^(\s*)-(?:\s|$)/.exec(text);
  if (dash === null) return false;
  const indent = (dash[1] ?? '').length;
  if (state.indent === -1) state.indent = indent;
  return indent === state.indent;
};

const append = (state: State, text: string, number: number): void => {
  const { item } = state;
  if (item === undefined) {
    if (state.where === 'proxies') state.ground.say(rejected('broken-record', number, ''));
    return;
  }
  item.length += text.length + 1;
  if (item.length <= longestLine) item.lines.push(text);
  if (state.where !== 'flow') return;
  item.depth += deepening(text);
  if (item.depth <= 0 && /\]\s*(?:#.*)?$/.test(text)) close(state);
};

/** How many lists a line opens more than it closes, outside of its strings. */
const deepening = (line: string): number => {
  const text = line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '');
  return text.split('[').length - text.split(']').length;
};

const close = (state: State): void => {
  const { item, where, ground, anchors } = state;
  state.item = undefined;
  if (where === 'flow') state.where = 'elsewhere';
  if (item === undefined) return;
  if (where === 'anchor') return anchors.keep(item.lines, 'block');
  if (item.length > longestLine) return ground.say(rejected('too-long', item.line, ''));
  const parsed = parseItem(item.lines, anchors);
  if (parsed.kind === 'fault') return ground.say(rejected(parsed.why, item.line, ''));
  if (where === 'proxies') anchors.keep(item.lines, 'item');
  for (const value of parsed.values) tellItem(ground, value, item.line);
};

const tellItem = (ground: Ground, value: unknown, line: number): void => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return ground.say(rejected('broken-record', line, ''));
  const fields = secured(fieldsOf(Object.entries(value)));
  const setting = { choice: unsaid(ground), privates: ground.privates };
  for (const entry of readRecord(fields, setting))
    tell(ground, entry, { line, text: isRefused(entry) ? sketch(fields) : '' });
};

/** `tls: true` is TLS to the proxy; `skip-cert-verify` is what it says. The names of items are no login. */
const secured = (fields: Fields): Fields => {
  if (fields.get('tls') !== 'true') return fields;
  return new Map([...fields, [overTls, fields.get('skipcertverify') === 'true' ? 'verify=no' : '']]);
};
