/** A list of plain lines: one proxy a line in any of its forms, remarks, and headings that say a protocol. */

import type { Hearsay, Reading, Rejection } from '../../model/book.js';
import type { Port } from '../../model/brand.js';
import { cleanText } from './clean.js';
import { type Entry, type Taken, isRefused } from './entry.js';
import type { Format, Ground, LineReader } from './format.js';
import { isReserved } from './host.js';
import { isComment, readPlain, trimmed } from './plain.js';
import { type Choice, spokenOf, unsaid } from './scheme.js';

export const lines: Format = {
  name: 'lines',
  about: 'one proxy a line: host:port, URL, with login, country or columns',
  resembles: () => true,
  takes: 'lines',
  open: (ground) => openLines(ground),
};

const openLines = (ground: Ground): LineReader => {
  let choice: Choice = unsaid(ground);
  const readOther = (line: string, number: number): void => {
    const text = trimmed(line);
    if (text === '') return;
    const heading = isComment(text) || isHeading(text);
    if (!heading) {
      tell(ground, readPlain(text, { choice, privates: ground.privates }), { line: number, text });
      return;
    }
    const section = spokenOf(text);
    if (section !== undefined) choice = unsaid(ground, section);
  };
  return {
    line: (text, number) => {
      const plain = readIpv4(text);
      if (plain === undefined || (ground.privates === 'refuse' && isReserved(plain.host)))
        return readOther(text, number);
      const { scheme, assumed } = choice;
      if (scheme === 'https' || ground.note !== undefined) return readOther(text, number);
      return ground.say({ kind: 'proxy', line: number, hop: { scheme, endpoint: plain }, assumed });
    },
    end: () => {},
  };
};

/** Where a reading comes from. */
export interface Place {
  readonly line: number;
  readonly text: string;
}

/** Says what an entry is, with its line; of a refused one the text, cleaned. */
export const tell = (ground: Ground, entry: Entry, { line, text }: Place): void => {
  ground.note?.(entry);
  ground.say(isRefused(entry) ? rejected(entry.why, line, text) : proxy(entry, line));
};

/** The reading of something refused. */
export const rejected = (why: Rejection, line: number, text: string): Reading => ({
  kind: 'rejected',
  line,
  why,
  text: cleanText(text),
});

const proxy = (entry: Taken, line: number): Reading => {
  const hearsay: { readonly hearsay?: Hearsay } = entry.hearsay === undefined ? {} : { hearsay: entry.hearsay };
  return { kind: 'proxy', line, hop: entry.hop, assumed: entry.choice.assumed, ...hearsay };
};

/** `[SOCKS5]`, `--- socks4 ---`, `HTTP proxies:`: a short line that says one protocol and has no other number. */
export const isHeading = (text: string): boolean =>
  text.length <= 60 &&
  /^[[=*~-]|[:\]=*~-]$/.test(text) &&
  !/\d|:./.test(text.replace(/socks[45]/gi, '')) &&
  spokenOf(text) !== undefined;

interface Plain {
  readonly host: { readonly kind: 'ipv4'; readonly address: string };
  readonly port: Port;
}

/** The usual line, four plain numbers and a port and nothing else, read without a pattern; undefined for all others. */
const readIpv4 = (text: string): Plain | undefined => {
  if (text.length > 21 || text.length < 9) return undefined;
  let at = 0;
  for (let part = 0; part < 4; part += 1) {
    const next = afterNumber(text, at, 255);
    if (next === -1 || text.charCodeAt(next) !== (part === 3 ? 0x3a : 0x2e)) return undefined;
    at = next + 1;
  }
  if (text.charCodeAt(at) === 0x30 || afterNumber(text, at, 65535) !== text.length) return undefined;
  return { host: { kind: 'ipv4', address: text.slice(0, at - 1) }, port: Number(text.slice(at)) as Port };
};

/** Where a decimal number without leading zeros ends; -1 where there is none, or a larger one. */
const afterNumber = (text: string, from: number, largest: number): number => {
  let at = from;
  let value = 0;
  for (;;) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) break;
    if (at > from && value === 0) return -1;
    value = value * 10 + digit;
    if (value > largest) return -1;
    at += 1;
  }
  return at === from ? -1 : at;
};
