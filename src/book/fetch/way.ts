/** How a list is fetched: through a cascade, through another proxy, or around all of them. */

import { fail } from '../../model/error.js';
import { parseHop } from '../../model/hop.js';

/** A way out. */
export type Way =
  /** Through a stored cascade; the one in use where none is named. */
  | { readonly kind: 'cascade'; readonly name?: string }
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly url: string }
  /** Through what `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say. */
  | { readonly kind: 'environment' }
  /** Through what a script of the user says, `FindProxyForURL` of a PAC file. */
  | { readonly kind: 'pac'; readonly path: string };

const legal =
  'A way is cascade, cascade NAME, direct, proxy URL, environment, or pac FILE; a proxy with a login is a cascade: kaskade cascade add.';

/** Reads `cascade NAME`, `direct`, `proxy socks5h://host:1080`, `environment`, `pac /path/file.pac`. Throws `bad-usage` with what is legal. */
export const parseWay = (text: string): Way => {
  const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/.exec(text.trim()) ?? [];
  const way = rest === '' ? plainWay(word) : wayBy(word, rest);
  if (way === undefined) throw fail('bad-usage', { note: legal });
  return way;
};

const plainWay = (word: string): Way | undefined =>
  word === 'cascade' || word === 'direct' || word === 'environment' ? { kind: word } : undefined;

const wayBy = (word: string, rest: string): Way | undefined => {
  if (word === 'cascade') return { kind: word, name: rest };
  if (word === 'pac') return { kind: word, path: rest };
  return word === 'proxy' && isOpenProxy(rest) ? { kind: word, url: rest } : undefined;
};

/** The way as text, which reads as itself. */
export const printWay = (way: Way): string => {
  switch (way.kind) {
    case 'cascade':
      return way.name === undefined ? 'cascade' : `cascade ${way.name}`;
    case 'proxy':
      return `proxy ${way.url}`;
    case 'pac':
      return `pac ${way.path}`;
    case 'direct':
    case 'environment':
      return way.kind;
  }
};

/** Ways are kept and shown: no credentials in them. */
const isOpenProxy = (url: string): boolean => {
  try {
    const { credentials, trust } = parseHop(url);
    return credentials === undefined && (trust === undefined || trust.by === 'authorities');
  } catch {
    return false;
  }
};
