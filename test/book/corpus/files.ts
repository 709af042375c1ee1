/** Whole files of every format, in the shapes that lists of the wild have, and what is read from each. */

import type { FormatName } from '../../../src/book/format/format.js';
import type { Rejection } from '../../../src/model/book.js';

/** What a file holds. */
export interface Expected {
  readonly format: FormatName;
  readonly proxies: number;
  readonly ranges?: number;
  readonly rejected: Readonly<Partial<Record<Rejection, number>>>;
}

/** Expected counts by file in test/book/corpus/files. */
export const files: Readonly<Record<string, Expected>> = {
  'blank.txt': { format: 'lines', proxies: 0, rejected: {} },
  'blanks.txt': { format: 'lines', proxies: 10, rejected: {} },
  'bomb.yaml': { format: 'clash', proxies: 1, rejected: { 'broken-record': 8, 'too-many': 1 } },
  'broken.json': { format: 'json', proxies: 3, rejected: { 'broken-record': 3, 'not-a-proxy': 1 } },
  'by-protocol.json': { format: 'json', proxies: 3, rejected: {} },
  'cidrs.netset': { format: 'blocklist', proxies: 0, ranges: 11, rejected: { 'bad-octets': 1, range: 2 } },
  'clash-anchors.yaml': { format: 'clash', proxies: 2, rejected: { 'broken-record': 1 } },
  'clash-flow.yaml': { format: 'clash', proxies: 2, rejected: {} },
  'clash.yaml': {
    format: 'clash',
    proxies: 3,
    rejected: { 'foreign-scheme': 2, 'bad-port': 1, reserved: 1, 'broken-record': 1 },
  },
  'countries.txt': { format: 'lines', proxies: 10, rejected: {} },
  curlrc: { format: 'settings', proxies: 4, rejected: { 'bad-login': 1 } },
  'cut.json': { format: 'json', proxies: 2, rejected: { 'broken-record': 1 } },
  'decorated.txt': { format: 'lines', proxies: 4, rejected: { 'no-port': 1, 'not-a-proxy': 2 } },
  'deep.json': { format: 'json', proxies: 2, rejected: { 'too-deep': 1 } },
  'drop.json': { format: 'blocklist', proxies: 0, ranges: 2, rejected: {} },
  'drop.txt': { format: 'blocklist', proxies: 0, ranges: 4, rejected: {} },
  'empty.txt': { format: 'lines', proxies: 0, rejected: {} },
  'families.json': { format: 'json', proxies: 7, rejected: { 'no-address': 2, 'number-as-host': 1, 'bad-port': 1 } },
  'fate0.list': { format: 'jsonl', proxies: 3, rejected: { 'broken-record': 1 } },
  'free-list.csv': { format: 'csv', proxies: 3, rejected: {} },
  'geonode.json': { format: 'json', proxies: 3, rejected: { 'bad-port': 1 } },
  gitconfig: { format: 'settings', proxies: 2, rejected: { 'not-a-proxy': 2 } },
  'latin1.txt': { format: 'lines', proxies: 2, rejected: {} },
  'login.txt': { format: 'lines', proxies: 6, rejected: { ambiguous: 1, 'bad-login': 1 } },
  'long-line.txt': { format: 'lines', proxies: 2, rejected: { 'too-long': 1 } },
  'mixed-dirt.txt': {
    format: 'lines',
    proxies: 4,
    rejected: {
      'bad-octets': 2,
      'number-as-host': 2,
      'bad-port': 2,
      'single-label': 1,
      range: 1,
      zone: 1,
      'mixed-script': 1,
      'hidden-characters': 1,
      ambiguous: 1,
      'not-a-proxy': 1,
    },
  },
  'named.csv': { format: 'csv', proxies: 10, rejected: {} },
  'not-found.txt': { format: 'html', proxies: 0, rejected: { 'not-a-proxy': 3 } },
  npmrc: { format: 'settings', proxies: 2, rejected: { 'not-a-proxy': 2 } },
  'page.html': { format: 'html', proxies: 0, rejected: { 'not-a-proxy': 13 } },
  'plain-bom.txt': { format: 'lines', proxies: 10, rejected: {} },
  'plain-cr.txt': { format: 'lines', proxies: 10, rejected: {} },
  'plain-crlf.txt': { format: 'lines', proxies: 10, rejected: {} },
  'plain-nel.txt': { format: 'lines', proxies: 10, rejected: {} },
  'plain-nul.bin': { format: 'lines', proxies: 10, rejected: { 'hidden-characters': 2 } },
  'plain-utf16-unmarked.txt': { format: 'lines', proxies: 10, rejected: {} },
  'plain-utf16be.txt': { format: 'lines', proxies: 10, rejected: {} },
  'plain-utf16le.txt': { format: 'lines', proxies: 10, rejected: {} },
  'plain.txt': { format: 'lines', proxies: 10, rejected: {} },
  'plain.txt.gz': { format: 'lines', proxies: 10, rejected: {} },
  'proto.json': { format: 'json', proxies: 1, rejected: {} },
  'proxies.env': { format: 'settings', proxies: 3, rejected: { 'no-address': 1, 'not-a-proxy': 1 } },
  'proxifly.json': { format: 'json', proxies: 2, rejected: {} },
  'proxy.pac': {
    format: 'pac',
    proxies: 5,
    rejected: { direct: 2, 'no-address': 1, 'not-a-proxy': 1, ambiguous: 1, reserved: 1 },
  },
  'proxychains-part.txt': { format: 'proxychains', proxies: 5, rejected: {} },
  'proxychains.conf': {
    format: 'proxychains',
    proxies: 4,
    rejected: { 'unknown-scheme': 1, reserved: 1, 'bad-port': 1 },
  },
  'proxyscrape.json': { format: 'json', proxies: 2, rejected: { reserved: 1 } },
  'quoted.csv': { format: 'csv', proxies: 2, rejected: { 'bad-port': 1, reserved: 1 } },
  'ranges.txt': { format: 'lines', proxies: 2, rejected: { range: 4 } },
  'records.json': { format: 'json', proxies: 3, rejected: {} },
  'sections.txt': { format: 'lines', proxies: 6, rejected: {} },
  'semicolons.csv': { format: 'csv', proxies: 2, rejected: { 'no-address': 1 } },
  'sing-box.json': { format: 'sing-box', proxies: 4, rejected: { 'foreign-scheme': 1, direct: 1, 'no-address': 1 } },
  'socks5.txt': { format: 'lines', proxies: 6, rejected: {} },
  'spys-me.txt': { format: 'lines', proxies: 4, rejected: { 'not-a-proxy': 4, reserved: 1 } },
  'status.txt': { format: 'lines', proxies: 10, rejected: {} },
  'stray-quote.csv': { format: 'csv', proxies: 2, rejected: { 'broken-record': 1 } },
  'table.tsv': { format: 'csv', proxies: 3, rejected: {} },
  'tabs.tsv': { format: 'lines', proxies: 10, rejected: {} },
  'telegram.txt': { format: 'lines', proxies: 2, rejected: { 'foreign-scheme': 6 } },
  'texts.json': { format: 'json', proxies: 2, rejected: { 'not-a-proxy': 1, reserved: 1 } },
  'unnamed.csv': { format: 'csv', proxies: 3, rejected: {} },
  'urls-all.txt': { format: 'lines', proxies: 10, rejected: {} },
};
