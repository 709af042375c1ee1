/** proxychains.conf: after `[ProxyList]` one proxy a line, `type host port [user password]`. */

import type { Scheme } from '../../model/hop.js';
import { type Entry, type Login, isRefused, makeEntry, refuse } from './entry.js';
import type { Format, Ground, LineReader } from './format.js';
import { rejected, tell } from './lines.js';
import { readPlain } from './plain.js';
import { protocolWord, said, unsaid } from './scheme.js';

const heading = /^\s*\[ProxyList\]\s*$/i;
const row = /^(?:http|socks4|socks5|raw)\s+\S+\s+\d+(?:\s+\S+\s+\S+)?$/i;
/** What stands before the list: settings of proxychains that name no proxy. */
const settings =
  /^(?:strict_chain|dynamic_chain|random_chain|round_robin_chain|chain_len|quiet_mode|proxy_dns(?:_old|_daemon)?|remote_dns_subnet|tcp_(?:read|connect)_time_out|localnet|dnat)\b/i;

export const proxychains: Format = {
  name: 'proxychains',
  about: 'proxychains.conf',
  resembles: ({ lines }) => {
    if (lines.some((line) => heading.test(line))) return true;
    const told = lines.filter((line) => !line.startsWith('#'));
    return told.length > 0 && told.filter((line) => row.test(line)).length * 5 >= told.length * 3;
  },
  takes: 'lines',
  open: (ground) => openConf(ground),
};

/** A line that does not begin with a type is not of proxychains; it may be one of a plain list all the same. */
const openConf = (ground: Ground): LineReader => {
  const asPlain = { choice: unsaid(ground), privates: ground.privates };
  const line: LineReader['line'] = (line, number) => {
    const text = line.trim();
    if (text === '' || text.startsWith('#') || heading.test(text) || settings.test(text)) return;
    const words = text.replace(/\s#.*$/s, '').split(/\s+/);
    const entry = isProtocol(words[0] ?? '') ? readWords(words, ground) : readPlain(text, asPlain);
    if (!isRefused(entry)) return tell(ground, entry, { line: number, text: '' });
    return ground.say(rejected(entry.why, number, words.slice(0, 3).join(' ') + (words.length > 3 ? ' …' : '')));
  };
  return { line, end: () => {} };
};

/** A host that is a name is taken as it is written, though proxychains itself wants numbers there. */
const readWords = (words: readonly string[], { privates }: Ground): Entry => {
  const [type = '', host = '', port] = words;
  const scheme = types.get(type.toLowerCase());
  if (scheme === undefined) return refuse('unknown-scheme');
  if (port === undefined) return refuse(host === '' ? 'no-address' : 'no-port');
  if (words.length > 5) return refuse('trailing-text');
  const named = host.includes(':') ? `[${host}]` : host;
  return makeEntry({ host: named, port, choice: said(scheme), form: 'record', privates, ...loginOf(words.slice(3)) });
};

const isProtocol = (type: string): boolean => protocolWord(type) !== undefined || /^raw$/i.test(type);

const loginOf = ([user, password = '']: readonly string[]): { readonly login?: Login } =>
  user === undefined ? {} : { login: { user, password } };

const types: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['http', 'http'],
  ['socks4', 'socks4a'],
  ['socks5', 'socks5h'],
]);
