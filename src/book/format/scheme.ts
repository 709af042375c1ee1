/** Which protocol an entry speaks: what it says itself, what the user, a section or the list's name says, else http is assumed. */

import type { Scheme } from '../../model/hop.js';
import type { Ground } from './format.js';

/** A scheme, who says so, and whether it is only assumed. */
export interface Choice {
  readonly scheme: Scheme;
  readonly assumed: boolean;
  readonly by: 'entry' | 'user' | 'section' | 'name' | 'nobody';
}

/** What a word for a protocol means; `https` means a proxy that reaches https sites, unless it stands before `://`. */
export type Word = Scheme | 'https-sites' | 'socks' | 'foreign' | 'direct';

const words: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['http', 'http'],
  ['connect', 'http'],
  ['https', 'https-sites'],
  ['ssl', 'https-sites'],
  ['socks', 'socks'],
  ['socks4', 'socks4a'],
  ['socks4a', 'socks4a'],
  ['socks5', 'socks5h'],
  ['socks5h', 'socks5h'],
  ['direct', 'direct'],
  ...[
    ...[
      'ss',
      'ssr',
      'shadowsocks',
      'shadowsocksr',
      'shadowtls',
      'vmess',
      'vless',
      'trojan',
      'hysteria',
      'hysteria2',
      'hy2',
    ],
    ...['tuic', 'wireguard', 'wg', 'snell', 'juicity', 'anytls', 'mieru', 'naive', 'naive+https', 'naive+quic', 'ssh'],
    ...['tor', 'tg', 'mtproto', 'mtproxy', 'ssconf', 'sub', 'brook', 'warp', 'masque', 'sudoku'],
  ].map((word): [string, Word] => [word, 'foreign']),
]);

/** What a word says of a protocol, in any case; undefined for words that say nothing of one. */
export const protocolWord = (word: string): Word | undefined =>
  word.length > 16 ? undefined : words.get(word.toLowerCase());

/** An entry that says its scheme itself. */
export const said = (scheme: Scheme): Choice => ({ scheme, assumed: false, by: 'entry' });

/** http for want of a better word. */
export const assumedHttp: Choice = { scheme: 'http', assumed: true, by: 'nobody' };

/** What holds for entries that say nothing: the user's word, the section's, that of the list's name, else http is assumed. */
export const unsaid = (ground: Ground, section?: Scheme): Choice => {
  if (ground.hinted !== undefined) return { scheme: ground.hinted, assumed: false, by: 'user' };
  if (section !== undefined) return { scheme: section, assumed: false, by: 'section' };
  return ground.named === undefined ? assumedHttp : { scheme: ground.named, assumed: false, by: 'name' };
};

/** The one protocol that a text speaks of in a whole word; undefined where it speaks of none, of several, or of https only. Links in it do not count. */
export const spokenOf = (text: string): Scheme | undefined => {
  const found = new Set<Scheme>();
  for (const part of text
    .slice(0, 1024)
    .replace(/\S+:\/\/\S*/g, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)) {
    const word = /^(?:http|socks4a?|socks5h?)$/.test(part) ? protocolWord(part) : undefined;
    if (isScheme(word)) found.add(word);
  }
  const [only, second] = found;
  return second === undefined ? only : undefined;
};

/** The scheme that the name of a list speaks of: of a path or URL the last part that speaks of one; never the URL's own scheme. */
export const schemeOfName = (name: string): Scheme | undefined => {
  const path = name.slice(0, 2048).replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  for (const part of path.split(/[/\\?&]/).reverse()) {
    const scheme = spokenOf(part);
    if (scheme !== undefined) return scheme;
  }
  return undefined;
};

/** Tells a scheme from the other things that a word may mean. */
export const isScheme = (word: Word | undefined): word is Scheme =>
  word === 'http' || word === 'https' || word === 'socks4a' || word === 'socks5h';
