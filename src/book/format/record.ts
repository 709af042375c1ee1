/** A record with named fields, from JSON, CSV or YAML: which names mean host, port, protocol and login in the lists of the wild. */

import { hostText } from '../../model/address.js';
import type { Hearsay } from '../../model/book.js';
import { type Entry, type Login, type Pieces, type Taken, isRefused, makeEntry, refuse } from './entry.js';
import { type Fields, keyOf } from './fields.js';
import { hearsayOf } from './hearsay.js';
import { type Setting, readPlain } from './plain.js';
import { type Choice, type Word, assumedHttp, isScheme, protocolWord, said } from './scheme.js';

/** Names of fields, the first that is there counts. */
const names = {
  address: [
    ...[
      'ip',
      'host',
      'ipaddress',
      'addr',
      'address',
      'server',
      'hostname',
      'proxyip',
      'proxyhost',
      'proxyaddress',
      'ipaddr',
    ],
    ...['proxyserver', 'iphost'],
  ],
  whole: ['proxy', 'url', 'proxyurl', 'ipport', 'hostport', 'link', 'uri'],
  port: ['port', 'serverport', 'proxyport'],
  protocol: ['protocol', 'protocols', 'scheme', 'type', 'types', 'proxytype', 'proto', 'proxyprotocol'],
  user: ['username', 'user', 'login', 'proxyuser', 'proxyusername'],
  password: ['password', 'pass', 'pwd', 'proxypassword', 'proxypass'],
} as const;

const keys = new Set<string>([...names.address, ...names.whole]);

/** A field that only a reader can set: TLS to the proxy, with the options of the hop (`verify=no`) as its value. */
export const overTls = '!tls';

/** Tells whether a field of that name says where a proxy is. */
export const isAddressKey = (name: string): boolean => keys.has(keyOf(name));

/** Tells whether a word is the name of a port's field. */
export const isPortKey = (name: string): boolean => names.port.some((known) => known === keyOf(name));

/** Reads a record: one entry for each protocol that it names; http and https name the same one. */
export const readRecord = (fields: Fields, setting: Setting): readonly Entry[] => {
  const choices = choicesOf(fields, setting);
  if ('why' in choices) return [refuse(choices.why)];
  const hearsay = hearsayOf(fields);
  const whole = textOf(fields, names.whole);
  const address = textOf(fields, names.address);
  if (fields.get(overTls) !== undefined && choices.some(({ scheme }) => scheme !== 'http'))
    return [refuse('foreign-scheme')];
  const entries = choices.map((choice) =>
    whole === undefined || (address !== undefined && !/[.:]/.test(whole))
      ? readParts({ fields, hearsay, address }, { ...setting, choice })
      : readWhole({ fields, hearsay, address: whole }, { ...setting, choice }),
  );
  return isAssumed(fields) ? entries.map(asAssumed) : entries;
};

/** Our own exports say so of a protocol that no list has said. */
const isAssumed = (fields: Fields): boolean => String(fields.get('assumed')) === 'true';

const asAssumed = (entry: Entry): Entry =>
  isRefused(entry) ? entry : { ...entry, choice: { ...entry.choice, assumed: true } };

interface Known {
  readonly fields: Fields;
  readonly hearsay: Hearsay | undefined;
  readonly address: string | undefined;
}

const readParts = ({ fields, hearsay, address = '' }: Known, setting: Setting): Entry => {
  if (address === '') return refuse('no-address');
  const port = textOf(fields, names.port) ?? '';
  if (isWhole(address, port)) {
    const entry = readPlain(address, setting);
    return isRefused(entry) ? entry : besides(entry, { fields, hearsay, address }, setting);
  }
  const login = loginOf(fields);
  if (login === 'bad-login') return refuse(login);
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return makeEntry({
    host,
    port,
    form: 'record',
    ...setting,
    ...login,
    ...(hearsay && { hearsay }),
    ...secured(fields),
  });
};

const secured = (fields: Fields): Partial<Pieces> => {
  const options = fields.get(overTls);
  return typeof options === 'string' ? { choice: said('https'), ...(options && { options }) } : {};
};

/** Without a port beside it the field must hold one; `{"host": "198.51.100.7:80", "port": 80}` says it twice, and the same. */
const isWhole = (address: string, port: string): boolean =>
  port === '' || address.includes('://') || (address.endsWith(`:${port}`) && address.split(':').length === 2);

/** A field that holds the whole proxy; host and port beside it must say the same, and a login beside it is taken. */
const readWhole = (known: Known, setting: Setting): Entry => {
  const { fields, hearsay, address = '' } = known;
  const entry = readPlain(address, setting);
  if (!isRefused(entry)) return besides(entry, known, setting);
  const apart = textOf(fields, names.address) ?? address;
  return entry.why === 'no-port' && fields.has('port')
    ? readParts({ fields, hearsay, address: apart }, setting)
    : entry;
};

const besides = (entry: Taken, { fields, hearsay }: Known, setting: Setting): Entry => {
  const { host, port } = entry.hop.endpoint;
  const [name, number] = [hostText(host), String(port)];
  if (contradicts(textOf(fields, names.address), name) || contradicts(textOf(fields, names.port), number))
    return refuse('ambiguous');
  const login = entry.hop.credentials === undefined ? loginOf(fields) : {};
  if (login === 'bad-login') return refuse(login);
  if (login.login === undefined) return withHearsay(entry, hearsay);
  const pieces = { host: host.kind === 'ipv6' ? `[${name}]` : name, port: number, ...login };
  return makeEntry({ ...setting, ...pieces, choice: entry.choice, form: 'record', ...(hearsay && { hearsay }) });
};

/** A host beside the whole may be written as that one is, or be a part of it. */
const contradicts = (told: string | undefined, read: string): boolean => {
  const plain = told?.toLowerCase().replace(/^\[|\]$|\.$/g, '') ?? '';
  const words = plain.split(/[\s,;|()]+/).map((word) => word.replace(/:\d+$/, ''));
  return plain !== '' && plain !== read && !plain.includes('://') && !words.includes(read);
};

const withHearsay = (entry: Entry, hearsay: Hearsay | undefined): Entry =>
  isRefused(entry) || hearsay === undefined ? entry : { ...entry, hearsay };

const loginOf = (fields: Fields): { readonly login?: Login } | 'bad-login' => {
  const user = rawText(fields, names.user);
  const password = rawText(fields, names.password) ?? '';
  if ((user ?? '') === '' && password === '') return {};
  return user === undefined ? 'bad-login' : { login: { user, password } };
};

type Choices = readonly Choice[] | { readonly why: 'foreign-scheme' | 'unknown-scheme' | 'ambiguous' | 'direct' };

/** Protocols of a record. A field `type` may be about something else; then it says nothing. */
const choicesOf = (fields: Fields, setting: Setting): Choices => {
  const spoken = names.protocol.flatMap((name) => wordsOf(fields.get(name)));
  const words = spoken.map(protocolWord).filter((word): word is Word => word !== undefined);
  if (words.includes('foreign') || spoken.some(isForeignName)) return { why: 'foreign-scheme' };
  if (words.includes('direct')) return { why: 'direct' };
  const schemes = [...new Set(words.filter(isScheme))];
  return schemes.length > 0 ? schemes.map(said) : vague(words, fields, setting);
};

/** No scheme is said in so many words. */
const vague = (words: readonly Word[], fields: Fields, { choice }: Setting): Choices => {
  if (words.includes('socks')) return choice.scheme.startsWith('socks') ? [choice] : { why: 'ambiguous' };
  if (words.includes('https-sites')) return [choice.by === 'user' ? choice : assumedHttp];
  return isUnknown(fields) ? { why: 'unknown-scheme' } : [choice];
};

const isForeignName = (word: string): boolean => /^(?:shadowsocks|hysteria|vmess|vless|trojan|mtproto)/i.test(word);

/** A field that is about nothing but the protocol says a word that is none. */
const isUnknown = (fields: Fields): boolean =>
  ['protocol', 'scheme', 'proto'].some((name) => wordsOf(fields.get(name)).some((word) => word !== ''));

/** `"http"`, `"HTTP/HTTPS"`, `["socks4", "socks5"]`, `[{"type": "HTTP", "level": "High"}]`. */
const wordsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.slice(0, 80).split(/[\s,/|;]+/);
  if (Array.isArray(value)) return value.slice(0, 16).flatMap((item: unknown) => wordsOf(typeOf(item)));
  return [];
};

const typeOf = (item: unknown): unknown =>
  typeof item === 'object' && item !== null && 'type' in item ? item.type : typeof item === 'string' ? item : undefined;

const textOf = (fields: Fields, of: readonly string[]): string | undefined => rawText(fields, of)?.trim();

/** With the blanks at its ends, as a password may have some. */
const rawText = (fields: Fields, of: readonly string[]): string | undefined => {
  for (const name of of) {
    const value = fields.get(name);
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
};
