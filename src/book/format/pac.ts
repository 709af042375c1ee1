/** Proxy auto-config files: the proxies that stand literally in their strings. The script is never run. */

import type { Rejection } from '../../model/book.js';
import { type Entry, makeEntry, refuse } from './entry.js';
import type { Format, Ground, LineReader } from './format.js';
import { rejected, tell } from './lines.js';
import { type Choice, said } from './scheme.js';

export const pac: Format = {
  name: 'pac',
  about: 'a proxy auto-config script: literal proxies in it, never run',
  // A definition, and not only the word: remarks of other lists have that.
  resembles: ({ text }) => /\bfunction\s+FindProxyForURL|\bFindProxyForURL(?:Ex)?\s*=/.test(text),
  takes: 'lines',
  open: (ground) => openScript(ground),
};

const entry = /^\s*(PROXY|HTTP|HTTPS|SOCKS|SOCKS4|SOCKS5|QUIC|DIRECT)(?:\s+(\S.*))?\s*$/is;

const openScript = (ground: Ground): LineReader => {
  let remark = false;
  return {
    line: (line, number) => {
      let text = line;
      if (remark) {
        const end = text.indexOf('*/');
        if (end === -1) return;
        text = text.slice(end + 2);
        remark = false;
      }
      remark = readStrings(text, (string, joins) => readString(ground, { string, joins }, number));
    },
    end: () => {},
  };
};

/** Tells every string of a line; true when the line ends inside of a remark. One that is not closed ends with its line. */
const readStrings = (text: string, found: (string: string, joins: Joins) => void): boolean => {
  const mark = /["'`]|\/[/*]/g;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    const [opening] = match;
    if (opening === '//') return false;
    const from = mark.lastIndex;
    const end = opening === '/*' ? text.indexOf('*/', from) : closing(text, opening, from);
    if (opening === '/*' && end === -1) return true;
    if (opening !== '/*') found(text.slice(from, end === -1 ? undefined : end), joinsOf(text, from - 2, end + 1));
    if (end === -1) return false;
    mark.lastIndex = end + (opening === '/*' ? 2 : 1);
  }
  return false;
};

/** On which sides of a string a plus stands: the script puts it together with others there. */
interface Joins {
  readonly before: boolean;
  readonly behind: boolean;
}

const joinsOf = (text: string, before: number, behind: number): Joins => {
  let [from, to] = [before, behind];
  while (isBlank(text[from])) from -= 1;
  while (behind > 0 && isBlank(text[to])) to += 1;
  return { before: text[from] === '+', behind: behind > 0 && text[to] === '+' };
};

const isBlank = (letter: string | undefined): boolean => letter === ' ' || letter === '\t';

/** Where a string ends that has begun before `from`; a backslash takes the next character with it. */
const closing = (text: string, quote: string, from: number): number => {
  for (let at = from; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === quote) return at;
    if (letter === '\\') at += 1;
  }
  return -1;
};

/** `PROXY a:1; SOCKS5 b:2; DIRECT`: a string counts when a part of it is like that. */
const readString = (
  ground: Ground,
  { string, joins }: { readonly string: string; readonly joins: Joins },
  line: number,
): void => {
  const parts = string.split(';').filter((part) => part.trim() !== '');
  if (!parts.some((part) => entry.test(part))) return;
  const last = joins.behind && !string.endsWith(';') ? parts.length - 1 : -1;
  for (const [nth, part] of parts.entries()) {
    const [, kind, address] = entry.exec(part) ?? [];
    if (kind === undefined) ground.say(rejected('not-a-proxy', line, part));
    else {
      const isPiece = nth === last || (nth === 0 && joins.before);
      const read = readEntry(ground, kind.toUpperCase(), isPiece ? undefined : address);
      tell(ground, read, { line, text: part });
    }
  }
};

const rows: Readonly<Record<string, readonly [Choice, string]>> = {
  PROXY: [said('http'), '80'],
  HTTP: [said('http'), '80'],
  HTTPS: [said('https'), '443'],
  SOCKS4: [said('socks4a'), '1080'],
  SOCKS5: [said('socks5h'), '1080'],
};

/** A missing port is the one that browsers take; an address that is put together by the script is none. */
const readEntry = (ground: Ground, kind: string, address: string | undefined): Entry => {
  const text = address?.trim() ?? '';
  const meant = meaningOf(ground, kind);
  if (typeof meant === 'string') return refuse(meant);
  if (text === '' || /[$+\\]/.test(text)) return refuse('no-address');
  const [, host = '', port = meant[1]] = /^(\[[^\]]*\]|[^:\s]*)(?::(.*))?$/s.exec(text) ?? [];
  return makeEntry({ host, port, choice: meant[0], form: 'record', privates: ground.privates });
};

/** SOCKS alone is version 4 to one browser and 5 to the next. */
const meaningOf = ({ hinted }: Ground, kind: string): readonly [Choice, string] | Rejection => {
  if (kind === 'DIRECT') return 'direct';
  if (kind === 'QUIC') return 'foreign-scheme';
  if (kind === 'SOCKS' && hinted?.startsWith('socks')) return [said(hinted), '1080'];
  return rows[kind] ?? 'ambiguous';
};
