/** Export as proxychains.conf: numeric IPv4 only, http, socks4 and socks5 only. */

import type { Scheme } from '../../model/hop.js';
import { clearLogin } from './url.js';
import type { LeftOut, Writer } from './writer.js';

const types: Readonly<Partial<Record<Scheme, string>>> = { http: 'http', socks4a: 'socks4', socks5h: 'socks5' };

export const proxychains: Writer = {
  format: 'proxychains',
  about: 'proxychains.conf',
  limits: 'It has numeric IPv4 addresses only, no https proxies, and no blanks or # in logins.',
  head: '# strict_chain, dynamic_chain or random_chain\ndynamic_chain\nproxy_dns\n\n[ProxyList]\n',
  between: '\n',
  foot: '\n',
  row: ({ hop }, logins) => {
    const type = types[hop.scheme];
    const { host, port } = hop.endpoint;
    const login = clearLogin(hop, logins);
    if (type === undefined) return left('scheme');
    if (host.kind !== 'ipv4') return left(host.kind === 'name' ? 'name' : 'ipv6');
    if (hop.forward === true) return left('forward-mode');
    if (login !== undefined && !isPlain(login.user, hop.scheme === 'socks4a' ? 'x' : login.password))
      return left('login');
    const words = login === undefined ? [] : [login.user, ...(login.password === '' ? [] : [login.password])];
    return { text: [type, host.address, String(port), ...words].join(' ') };
  },
};

const left = (why: LeftOut): { readonly left: LeftOut } => ({ left: why });

/** Words of its lines: neither empty nor parted by blanks of any kind, nor the start of a remark. */
const isPlain = (...words: readonly string[]): boolean =>
  words.every((word) => /^[^\s#\x00-\x1f\x85\u2028\u2029]+$/.test(word));
