/** The client half of SOCKS4a: one question, eight bytes of answer. */

import { type Endpoint, type Host, addressBytes, hostText } from '../model/address.js';
import { fail } from '../model/error.js';
import type { Exchange } from './exchange.js';

const named = Buffer.from([0, 0, 0, 1]);
const nul = Buffer.from([0x00]);

/** The request to connect onward. Names go as names; so do the addresses that SOCKS4 has no field for. */
export const askSocks4 = (onward: Endpoint, user = ''): readonly Exchange[] => [
  { phase: 'request', ask: writeRequest(onward, user), answer: readReply },
];

const writeRequest = ({ host, port }: Endpoint, user: string): Buffer => {
  const head = Buffer.from([0x04, 0x01, port >> 8, port & 0xff]);
  const userText = Buffer.from(`${user}\0`, 'utf8');
  const address = addressOf(host);
  return address === undefined
    ? Buffer.concat([head, named, userText, Buffer.from(hostText(host), 'latin1'), nul])
    : Buffer.concat([head, address, userText]);
};

/** The field for an IPv4 address. 0.0.0.1 to 0.0.0.255 do not fit: they say that a name follows, which the hop would read from the client's bytes. */
const addressOf = (host: Host): Buffer | undefined => {
  if (host.kind !== 'ipv4') return undefined;
  const bytes = addressBytes({ kind: 'ipv4', address: host.address });
  const announcesName = bytes.readUInt32BE(0) <= 0xff && bytes.readUInt8(3) !== 0;
  return announcesName ? undefined : bytes;
};

const readReply = (seen: Buffer): number => {
  const [version, code] = seen;
  if (version !== undefined && version !== 0x00) throw fail('hop-garbled', { note: `first byte ${version}, not 0` });
  if (code === undefined) return 0;
  if (code === 0x5b) throw fail('onward-failed', { note: 'SOCKS4 reply 5B' });
  if (code === 0x5c || code === 0x5d)
    throw fail('hop-auth-refused', { note: `SOCKS4 reply ${code.toString(16).toUpperCase()}` });
  if (code !== 0x5a) throw fail('hop-garbled', { note: `SOCKS4 reply code ${code}` });
  return seen.length >= 8 ? 8 : 0;
};
