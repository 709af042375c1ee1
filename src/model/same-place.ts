/** The spellings of one place: what is barred there is barred by whatever name a cascade has for it. */

import { type Host, addressBytes, hostOfBytes, hostText } from './address.js';

/** IPv4 addresses inside of IPv6 ones: mapped (RFC 4291 §2.5.5.2) and translated (RFC 6052 §2.1). */
const carriers = ['00000000000000000000ffff', '0064ff9b0000000000000000'];

/** Every way in which a host may be written as text, its own first; `localhost` is every address that it has everywhere (RFC 6761 §6.3). */
export const spellingsOf = (host: Host): readonly string[] => {
  if (host.kind === 'name') return spellingsOfName(host.name);
  const bytes = addressBytes(host);
  const inner = host.kind === 'ipv6' && carriers.includes(bytes.toString('hex', 0, 12)) ? bytes.subarray(12) : bytes;
  if (inner.length !== 4) return hostText(host) === '::1' ? ['::1', ...localNames] : [hostText(host)];
  const outer = carriers.map((prefix) => hostText(hostOfBytes(Buffer.concat([Buffer.from(prefix, 'hex'), inner]))));
  const all = [hostText(host), hostText(hostOfBytes(inner)), ...outer, ...(inner[0] === 127 ? localNames : [])];
  return [...new Set(all)];
};

const localNames = ['localhost', 'localhost.'];

const spellingsOfName = (text: string): readonly string[] => {
  const plain = text.toLowerCase().replace(/\.$/, '');
  const isLocal = plain === 'localhost' || plain.endsWith('.localhost');
  return [...new Set([text, plain, `${plain}.`, ...(isLocal ? ['127.0.0.1', '::1', ...localNames] : [])])];
};
