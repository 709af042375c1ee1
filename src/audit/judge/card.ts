/** The card of a judge: where else it can be reached, signed with the key that its URL names. */

import type { Port } from '../../model/brand.js';
import { type Endpoint, parseEndpoint, parseHost } from '../../model/address.js';
import { fail } from '../../model/error.js';
import { type JudgeKey, openSigned, readKey } from './record.js';

/** A judge as a user writes it: `http://HOST[:PORT]/#KEY`. */
export interface JudgeUrl {
  readonly endpoint: Endpoint;
  readonly key: JudgeKey;
}

/** One port that speaks TLS. */
export interface TlsPort {
  readonly port: Port;
  /** The name to ask for; the host itself where it is missing. */
  readonly name?: string;
  /** SHA-256 of the public key of its certificate, base64. */
  readonly spki: string;
}

/** What a judge says of itself. */
export interface JudgeCard {
  readonly key: string;
  /** Hosts by which it is reached, names or addresses, the one of its URL apart. */
  readonly hosts: readonly string[];
  /** Ports that speak HTTP in clear. */
  readonly http: readonly Port[];
  readonly tls: readonly TlsPort[];
  /** Hosts that have only an address of one family. */
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** The zone whose names it answers itself, and by which it learns who asked. */
  readonly zone?: string;
  /** How long it remembers an address, in milliseconds. */
  readonly ttl: number;
}

/** Reads the URL of a judge. Throws `bad-judge`. */
export const parseJudgeUrl = (text: string): JudgeUrl => {
  const [, authority = '', key = ''] = /^http:\/\/([^/#?@]+)\/?#([\w-]{43})$/.exec(text.trim()) ?? [];
  if (key === '') throw fail('bad-judge', { note: 'it is http://HOST[:PORT]/#KEY, as kaskade judge prints it' });
  return { endpoint: parseEndpoint(authority, 80 as Port), key: readKey(key) };
};

/** Reads a card that this key has signed; undefined for anything else. */
export const openCard = (body: Buffer, key: JudgeKey): JudgeCard | undefined => {
  const card = openSigned(body.toString('latin1').trim(), key);
  return isCard(card) && card.key === key.text ? card : undefined;
};

const isCard = (value: unknown): value is JudgeCard => {
  if (typeof value !== 'object' || value === null) return false;
  const { key, hosts, http, tls, ttl, zone, ipv4, ipv6 } = value as Partial<Record<keyof JudgeCard, unknown>>;
  return (
    typeof key === 'string' &&
    typeof ttl === 'number' &&
    isListOf(hosts, isHost) &&
    isListOf(http, isPort) &&
    isListOf(tls, isTlsPort) &&
    [zone, ipv4, ipv6].every((host) => host === undefined || isHost(host))
  );
};

const isListOf = (value: unknown, isOne: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= 16 && value.every(isOne);

const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;

const isHost = (value: unknown): boolean => {
  if (typeof value !== 'string') return false;
  try {
    parseHost(value);
    return true;
  } catch {
    return false;
  }
};

const isTlsPort = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'port' in value &&
  isPort(value.port) &&
  'spki' in value &&
  typeof value.spki === 'string' &&
  (!('name' in value) || isHost(value.name));
