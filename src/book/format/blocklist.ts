/** Block lists: Spamhaus DROP (`cidr ; SBLnnn`, or JSON lines with `cidr`) and files of CIDR ranges. They name what is not used; nothing is ever expanded. */

import { addressBytes, hostOfBytes, hostText } from '../../model/address.js';
import type { Rejection } from '../../model/book.js';
import type { Format, Ground, LineReader } from './format.js';
import { isHost, readHost } from './host.js';
import { rejected } from './lines.js';
import { isComment, trimmed } from './plain.js';

const row = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?(?:\s*(?:;|#|\/\/|,).*|\s+[^\d\s].*)?$/i;

export const blocklist: Format = {
  name: 'blocklist',
  about: 'ranges to block: Spamhaus DROP, CIDR files',
  resembles: ({ lines }) => {
    const told = lines.filter((line) => !isComment(line) && !/^\{"type"\s*:\s*"metadata"/.test(line));
    const ranges = told.filter(
      (line) => /^[0-9a-f:.]+\/\d{1,3}(?:\s*(?:;|#).*)?$/i.test(line) || /^\{"cidr"\s*:/.test(line),
    );
    return ranges.length > 0 && ranges.length * 5 >= told.length * 4;
  },
  takes: 'lines',
  open: (ground) => openRanges(ground),
};

const openRanges = (ground: Ground): LineReader => ({
  line: (line, number) => {
    const text = trimmed(line);
    if (text === '' || isComment(text)) return;
    const written = text.startsWith('{') ? cidrOf(text) : text;
    if (written === 'metadata') return;
    const range = written === undefined ? 'broken-record' : readRange(written);
    if (typeof range === 'string') ground.say(rejected(range, number, text));
    else ground.say({ kind: 'range', line: number, range: range.text });
  },
  end: () => {},
});

/** Spamhaus closes its JSON lines with one about the file. */
const cidrOf = (text: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if ('type' in value && value.type === 'metadata') return 'metadata';
    return 'cidr' in value && typeof value.cidr === 'string' ? value.cidr : undefined;
  } catch {
    return undefined;
  }
};

/** The range with its host bits cleared; a single address is a range of one. */
const readRange = (text: string): { readonly text: string } | Rejection => {
  const found = row.exec(text);
  if (found === null) return /\d-\d/.test(text) ? 'range' : 'not-a-proxy';
  const [, address = '', bits] = found;
  const host = readHost(address.includes(':') ? `[${address}]` : address);
  if (!isHost(host)) return host;
  if (host.kind === 'name') return 'bad-host';
  const bytes = addressBytes(host);
  const length = bits === undefined ? bytes.length * 8 : Number(bits);
  if (length > bytes.length * 8) return 'range';
  const network = Buffer.from(bytes.map((byte, index) => byte & maskOf(length - index * 8)));
  return { text: `${hostText(hostOfBytes(network))}/${length}` };
};

/** The byte of a mask of which so many bits are still set. */
const maskOf = (bits: number): number => (bits >= 8 ? 0xff : bits <= 0 ? 0 : 0xff & (0xff << (8 - bits)));
