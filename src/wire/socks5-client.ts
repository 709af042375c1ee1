/** The client half of SOCKS5 (RFC 1928) with user name and password (RFC 1929): what to ask a hop, and how to read its answers. */

import { type Endpoint, type Host, addressBytes } from '../model/address.js';
import { fail } from '../model/error.js';
import type { FailureCode } from '../model/failure.js';
import type { Exchange } from './exchange.js';

/** A user name and a password in clear, just before they become bytes. */
export interface PlainCredentials {
  readonly user: string;
  readonly password: string;
}

/** REP of RFC 1928 §6, told as failures of the edge between the hop and what it was asked to reach. */
const refusals: Readonly<Record<number, FailureCode>> = {
  0x01: 'onward-failed',
  0x02: 'onward-denied',
  0x03: 'onward-unreachable',
  0x04: 'onward-unreachable',
  0x05: 'onward-refused',
  0x06: 'onward-timeout',
  0x07: 'onward-denied',
  0x08: 'onward-denied',
};

/** Greeting, login where there are credentials, and the request to connect onward; a name goes as a name. */
export const askSocks5 = (onward: Endpoint, credentials?: PlainCredentials): readonly Exchange[] => {
  const method = credentials === undefined ? 0x00 : 0x02;
  return [
    { phase: 'greeting', ask: Buffer.from([0x05, 0x01, method]), answer: (seen) => readMethod(seen, method) },
    ...(credentials === undefined ? [] : [{ phase: 'auth', ask: writeLogin(credentials), answer: readLogin } as const]),
    { phase: 'request', ask: writeRequest(onward), answer: readReply },
  ];
};

const readMethod = (seen: Buffer, offered: number): number => {
  refuseVersion(seen, 0x05);
  const method = seen[1];
  if (method === undefined) return 0;
  if (method === 0xff)
    throw fail(offered === 0x00 ? 'hop-auth-missing' : 'hop-auth-refused', { note: 'SOCKS5 method FF' });
  if (method !== offered) throw fail('hop-garbled', { note: `SOCKS5 method ${hex(method)} was not offered` });
  return 2;
};

const writeLogin = ({ user, password }: PlainCredentials): Buffer => {
  const [name, word] = [Buffer.from(user, 'utf8'), Buffer.from(password, 'utf8')];
  return Buffer.concat([Buffer.from([0x01, name.length]), name, Buffer.from([word.length]), word]);
};

const readLogin = (seen: Buffer): number => {
  refuseVersion(seen, 0x01);
  const status = seen[1];
  if (status === undefined) return 0;
  if (status !== 0x00) throw fail('hop-auth-refused', { note: `RFC 1929 status ${hex(status)}` });
  return 2;
};

const writeRequest = ({ host, port }: Endpoint): Buffer =>
  Buffer.concat([Buffer.from([0x05, 0x01, 0x00]), writeHost(host), Buffer.from([port >> 8, port & 0xff])]);

const writeHost = (host: Host): Buffer => {
  if (host.kind !== 'name') return Buffer.from([host.kind === 'ipv4' ? 0x01 : 0x04, ...addressBytes(host)]);
  return Buffer.from([0x03, host.name.length, ...Buffer.from(host.name, 'latin1')]);
};

/** A refusal counts from its second byte on: some proxies cut it short. */
const readReply = (seen: Buffer): number => {
  refuseVersion(seen, 0x05);
  const [, reply, , addressType, nameLength] = seen;
  if (reply === undefined) return 0;
  if (reply !== 0x00) throw fail(refusals[reply] ?? 'onward-failed', { note: `SOCKS5 reply ${hex(reply)}` });
  if (addressType === undefined) return 0;
  const size = { 0x01: 4, 0x03: 1 + (nameLength ?? 0), 0x04: 16 }[addressType];
  if (size === undefined) throw fail('hop-garbled', { note: `SOCKS5 address type ${hex(addressType)}` });
  if (addressType === 0x03 && nameLength === undefined) return 0;
  return seen.length >= 4 + size + 2 ? 4 + size + 2 : 0;
};

const refuseVersion = (seen: Buffer, version: number): void => {
  const first = seen[0];
  if (first !== undefined && first !== version)
    throw fail('hop-garbled', { note: `first byte ${hex(first)}, not ${hex(version)}` });
};

const hex = (byte: number): string => byte.toString(16).padStart(2, '0').toUpperCase();
