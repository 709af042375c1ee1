/** Proxy auto-config files: the proxies that stand literally in their strings. The script is never run. */

import type { Rejection } from '../../model/book.js';
import { type Entry, makeEntry, refuse } from './entry.js';
import type { Format, Ground, LineReader } from './format.js';
import { rejected, tell } from './lines.js';
import { type Choice, said } from './scheme.js';

export const pac: Format = {
  name: 'pac',
  about: 'a proxy auto-config script: literal proxies in it, never run',
  resembles: ({ text }) => /\bFindProxyForURL(?:Ex)?\b/.test(text),
  takes: 'lines',
  open: (ground) => openScript(ground),
};

/** Strings, or the beginning of a remark; a pattern literal with a quote in it may hide a string of its own line only. */
const token = /\/\*|\/\/.*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`/gs;
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
      remark = readStrings(text, (string) => readString(ground, string, number));
    },
    end: () => {},
  };
};

/** Tells every string of a line; true when the line ends inside of a remark. */
const readStrings = (text: string, found: (string: string) => void): boolean => {
  let from = 0;
  for (;;) {
    const match = matchFrom(text, from);
    if (match === null) return false;
    from = match.index + match[0].length;
    if (match[0] === '/*') {
      const end = text.indexOf('*/', from);
      if (end === -1) return true;
      from = end + 2;
    } else found(match[1] ?? match[2] ?? match[3] ?? '');
  }
};

const matchFrom = (text: string, from: number): RegExpExecArray | null => {
  const pattern = new RegExp(token.source, token.flags);
  pattern.lastIndex = from;
  return pattern.exec(text);
};

/** `PROXY a:1; SOCKS5 b:2; DIRECT`: a string counts when a part of it is like that. */
const readString = (ground: Ground, string: string, line: number): void => {
  const parts = string.split(';').filter((part) => part.trim() !== '');
  if (!parts.some((part) => entry.test(part))) return;
  for (const part of parts) {
    const [, kind, address] = entry.exec(part) ?? [];
    if (kind === undefined) ground.say(rejected('not-a-proxy', line, part));
    else tell(ground, readEntry(ground, kind.toUpperCase(), address), { line, text: part });
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
