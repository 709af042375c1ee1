/** One line of a list in plain text: an address in one of the forms that lists have, alone or as the first thing of a row. */

import { readColons } from './colons.js';
import { type Entry, refuse } from './entry.js';
import { hasLookAlikes, isHost, readHost } from './host.js';
import { withRest } from './rest.js';
import { type Choice, type Word, isScheme, protocolWord, said } from './scheme.js';
import { readUrl, readWithAt } from './url.js';

/** What holds for a line that does not say it. */
export interface Setting {
  readonly choice: Choice;
  readonly privates: 'refuse' | 'allow';
}

const hidden =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/u;
/** Most lines: printable ASCII without what pages are made of. */
const harmless = /^[\t\x20-\x25\x27-\x3b\x3d-\x7e]*$/;
/** Blanks of every width, and what has none: at the ends of a line they change nothing. Trimmed by hand, as a pattern would look again from every blank. */
const edge = /[\s\u00a0\u200b\u2060\ufeff]/;
const decoration = /^(?:[\p{Regional_Indicator}\p{Extended_Pictographic}\ufe0f]\s*|[-*•]\s+|\d{1,7}[.)]\s+)+/u;
const leadingWord = /^([a-z][a-z0-9]{2,7})(?:\s*[,;|]\s*|:(?!\/\/)|\s+)(?=\S)/i;
const url = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is;

/** Reads a line that is no comment. Never a host out of a longer token, and never more than one proxy. */
export const readPlain = (line: string, setting: Setting): Entry => {
  const text = unquoted(uncommented(trimmed(line)));
  const trap = trapIn(text);
  if (trap !== undefined) return refuse(trap);
  return readRow(text.replace(decoration, ''), setting);
};

/** The line without blanks and characters without width at its ends. */
export const trimmed = (line: string): string => {
  let start = 0;
  let end = line.length;
  while (start < end && edge.test(line.charAt(start))) start += 1;
  while (end > start && edge.test(line.charAt(end - 1))) end -= 1;
  return line.slice(start, end);
};

/** Tells whether a trimmed line is a remark. */
export const isComment = (text: string): boolean => /^(?:#|\/\/|;)/.test(text);

/** What is written so that a person and a program may read different things, or is no list at all. */
const trapIn = (text: string): 'hidden-characters' | 'obfuscated' | 'not-a-proxy' | undefined => {
  if (harmless.test(text)) return undefined;
  if (hidden.test(text)) return 'hidden-characters';
  if (/<script|&#(?:x[0-9a-f]|\d)/i.test(text)) return 'obfuscated';
  return /<[a-z!/]/i.test(text) ? 'not-a-proxy' : undefined;
};

/** A remark begins behind a blank; a semicolon before a digit parts columns instead. */
const uncommented = (text: string): string => {
  const at = text.search(/\s(?:#|\/\/|;(?!\s?\d))/);
  return at === -1 ? text : text.slice(0, at).trimEnd();
};

const unquoted = (text: string): string => /^(["'])(.*)\1,?$/s.exec(text)?.[2] ?? text;

const readRow = (text: string, setting: Setting): Entry => {
  if (url.test(text)) return readUrl(text, setting);
  if (/^t\.me\/(?:proxy|socks)\?/i.test(text)) return refuse('foreign-scheme');
  const word = leadingWord.exec(text);
  const spoken = protocolWord(word?.[1] ?? '');
  if (word === null || spoken === undefined || spoken === 'direct') return readAddress(text, setting);
  return readSpoken(spoken, text.slice(word[0].length), setting);
};

/** `socks5 198.51.100.7 1080`: a word for a protocol before the address. */
const readSpoken = (spoken: Word, rest: string, setting: Setting): Entry => {
  if (isScheme(spoken)) return readAddress(rest, { ...setting, choice: said(spoken) });
  if (spoken === 'https-sites' || !/^\S+[:\s]\d/.test(rest)) return readAddress(rest, setting);
  return refuse(spoken === 'foreign' ? 'foreign-scheme' : 'ambiguous');
};

const readAddress = (text: string, setting: Setting): Entry => {
  const length = text.search(/[\s,;|]/);
  const head = length === -1 ? text : text.slice(0, length);
  const tail = text.slice(head.length);
  if (text.includes('@') && !isPlainHead(head)) return readWithAt(text, setting);
  const parts = partsOf(head);
  if (parts.length === 1) return readApart(head, tail, setting);
  if (parts.length === 2) return readTogether(parts[0] ?? '', parts[1] ?? '', { tail, setting });
  return readColons(parts, tail, setting);
};

/** What colons part, those between brackets not counted. */
const partsOf = (head: string): readonly string[] => {
  const bracketed = /^(\[[^\]]*\][^:]*)(?::(.*))?$/s.exec(head);
  return bracketed === null ? head.split(':') : [bracketed[1] ?? '', ...(bracketed[2]?.split(':') ?? [])];
};

/** A row whose first field is already an address may have an @ in a later one. */
const isPlainHead = (head: string): boolean =>
  /^[^@]*:\d+$/.test(head) || (!head.includes('@') && isHost(readHost(head)));

/** Host and port in two fields. */
const readApart = (host: string, tail: string, setting: Setting): Entry => {
  const found = /^\s*[\s,;|]\s*([^\s,;|]+)(.*)$/s.exec(tail);
  const port = found?.[1] ?? '';
  if (!/^(?:[+-]?\d[\da-z]*|\d+-\d+)$/i.test(port) && !hasLookAlikes(port)) return portless(host);
  return withRest({ host, port, form: 'host port', ...setting }, found?.[2] ?? '');
};

/** What is said of one field that is no address with a port: most are words of a sentence. */
const portless = (host: string): Entry => {
  const read = readHost(host);
  if (isHost(read)) return refuse('no-port');
  const isTold = read === 'range' || read === 'mixed-script' || host.startsWith('[');
  const isNumeric = /^bad-octets$|^number/.test(read)
    ? host.includes('.')
    : read === 'obfuscated' && /\p{Nd}/u.test(host);
  return refuse(isTold || isNumeric ? read : 'not-a-proxy');
};

interface Behind {
  readonly tail: string;
  readonly setting: Setting;
}

const readTogether = (host: string, written: string, { tail, setting }: Behind): Entry => {
  const port = written.replace(/#.*$/s, '');
  if (host === '') return refuse('not-a-proxy');
  if (!/^(?:[+-]?\d|\*$)/.test(port) && !hasLookAlikes(port)) return wordBehind(host, port);
  const slash = /^\d+(?=\/)/.exec(port)?.[0];
  if (slash !== undefined) return withRest({ host, port: slash, form: 'host:port', ...setting }, ' /');
  return withRest({ host, port, form: 'host:port', ...setting }, port === written ? tail : '');
};

/** A word where a port would be. */
const wordBehind = (host: string, word: string): Entry => {
  const read = readHost(host);
  if (isHost(read)) return refuse(word === '' ? 'no-port' : 'bad-port');
  return refuse(read === 'range' ? read : 'not-a-proxy');
};
