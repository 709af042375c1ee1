/** A list of plain lines: one proxy a line in any of its forms, remarks, and headings that say a protocol. */

import type { Hearsay, Reading, Rejection } from '../../model/book.js';
import { cleanText } from './clean.js';
import { type Entry, type Taken, isRefused } from './entry.js';
import type { Format, Ground, LineReader } from './format.js';
import { isReserved } from './host.js';
import { isComment, readPlain, trimmed } from './plain.js';
import { type Choice, spokenOf, unsaid } from './scheme.js';
import { readUsual } from './usual.js';

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
    const section = isComment(text) && !isTitle(text) ? undefined : spokenOf(text);
    if (section !== undefined) choice = unsaid(ground, section);
  };
  const isShort = ground.note === undefined;
  return {
    line: (text, number) => {
      const plain = isShort ? readUsual(text, choice) : undefined;
      if (plain === undefined || (ground.privates === 'refuse' && isReserved(plain.endpoint.host)))
        return readOther(text, number);
      const { scheme, endpoint, assumed } = plain;
      return ground.say({ kind: 'proxy', line: number, hop: { scheme, endpoint }, assumed });
    },
    end: () => {},
  };
};

/** A remark of a few words, such as `# SOCKS5 proxies`, is meant for what follows; a sentence is not. */
const isTitle = (text: string): boolean => text.replace(/^[#;/\s]+/, '').split(/\s+/).length <= 3;

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
const isHeading = (text: string): boolean =>
  text.length <= 60 &&
  /^[[=*~-]|[:\]=*~-]$/.test(text) &&
  !/\d|:./.test(text.replace(/socks[45]/gi, '')) &&
  spokenOf(text) !== undefined;
