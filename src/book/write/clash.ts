/** Export as the `proxies` of Clash and mihomo. Every text is a double-quoted scalar as JSON writes it, which YAML reads alike. */

import { hostText, labelEndpoint } from '../../model/address.js';
import type { Hop } from '../../model/hop.js';
import { clearLogin } from './url.js';
import type { LeftOut, Writer } from './writer.js';

export const clash: Writer = {
  format: 'clash',
  about: 'the proxies of a Clash or mihomo file',
  limits: 'It has no SOCKS4, no pinned certificates and no forward mode.',
  head: 'proxies:\n',
  between: '\n',
  foot: '\n',
  row: ({ hop }, logins) => {
    const why = faultOf(hop);
    if (why !== undefined) return { left: why };
    const login = clearLogin(hop, logins);
    const { host, port } = hop.endpoint;
    const parts = [
      `name: ${text(`${hop.scheme} ${labelEndpoint(hop.endpoint)}`)}`,
      `type: ${hop.scheme === 'socks5h' ? 'socks5' : 'http'}`,
      `server: ${text(hostText(host))}`,
      `port: ${port}`,
      ...(login === undefined ? [] : [`username: ${text(login.user)}`, `password: ${text(login.password)}`]),
      ...(hop.scheme === 'https' ? ['tls: true'] : []),
      ...(hop.trust?.by === 'nobody' ? ['skip-cert-verify: true'] : []),
    ];
    return { text: `  - {${parts.join(', ')}}` };
  },
};

const faultOf = ({ scheme, trust, forward }: Hop): LeftOut | undefined => {
  if (scheme === 'socks4a') return 'scheme';
  if (trust?.by === 'pin') return 'verification';
  return forward === true ? 'forward-mode' : undefined;
};

/** Line ends of Unicode are escaped, since readers of lines stop there. */
const text = (value: string): string =>
  JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
