/** The judge as the name server of one zone of its own: whoever looks a name of a question up is seen (RFC 1034, 1035; RFC 7871 for client subnets). */

import { type Answer, type OptAnswer, type Packet, type Question, decode, encode } from 'dns-packet';

/** A zone that was delegated to the judge, and where its names lead. */
export interface Zone {
  readonly name: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** Somebody who looked a name up. */
export interface Lookup {
  /** Milliseconds since 1970 by the judge's clock. */
  readonly at: number;
  /** Who asked: the resolver of whoever connects. */
  readonly resolver: string;
  readonly type: string;
  /** The name as it was written, in whatever case. */
  readonly name: string;
  /** For whom it asked, as far as it told: an address with the length of its prefix. */
  readonly subnet?: string;
}

/** A query that is answered, and what it says of who asked. */
export interface Answered {
  readonly bytes: Buffer;
  /** The question that the name is for, and what is known of the lookup. */
  readonly lookup?: Omit<Lookup, 'at' | 'resolver'> & { readonly id: string };
}

/** Names that have an address of one family only. */
export const familyNames = { ipv4: 'v4', ipv6: 'v6' } as const;

/** The name by which a question is asked for; any case will do. */
export const nameOfId = (id: string, zone: string): string => `${id}.${zone}`;

/** No query is longer, over whatever it comes: a name, a type and what a resolver tells of itself. */
export const longestQuery = 512;

const AUTHORITATIVE = 1 << 10;
const REFUSED = 5;
const NAME_ERROR = 3;

/** Answers a query; undefined for what is none, for many questions at once, and for what would cost more than it is worth. */
export const answerQuery = (bytes: Buffer, zone: Zone): Answered | undefined => {
  const query = queryIn(bytes);
  const [question, second] = query?.questions ?? [];
  if (query === undefined || question === undefined || second !== undefined) return undefined;
  const label = labelIn(question, zone);
  if (label === undefined) return { bytes: reply(query, REFUSED, []) };
  const id = /^(?:.*\.)?([0-9a-f]{32})$/.exec(label)?.[1];
  if (!isKnown(label, id)) return { bytes: reply(query, NAME_ERROR, [], zone) };
  const answered = reply(query, 0, answersTo(question, label, zone), zone);
  return id === undefined ? { bytes: answered } : { bytes: answered, lookup: { id, ...aboutOf(query, question) } };
};

/** What stands before the zone's name; empty for the zone itself, undefined for names of others. */
const labelIn = (question: Question, zone: Zone): string | undefined => {
  const name = question.name.toLowerCase();
  if (name === zone.name) return '';
  return name.endsWith(`.${zone.name}`) ? name.slice(0, -zone.name.length - 1) : undefined;
};

const aboutOf = (query: Packet, { type, name }: Question) => {
  const subnet = subnetIn(query);
  return { type: type.slice(0, 10), name: name.slice(0, 255), ...(subnet === undefined ? {} : { subnet }) };
};

const isKnown = (label: string, id: string | undefined): boolean =>
  label === '' || label === 'ns' || label === familyNames.ipv4 || label === familyNames.ipv6 || id !== undefined;

/** The header counts what follows, and each of it takes five bytes at least: small packets that claim much are costly to read. */
const queryIn = (bytes: Buffer): Packet | undefined => {
  if (bytes.length < 17 || bytes.length > longestQuery) return undefined;
  const claimed = [4, 6, 8, 10].reduce((sum, at) => sum + bytes.readUInt16BE(at), 0);
  if (claimed > (bytes.length - 12) / 5) return undefined;
  try {
    const packet = decode(bytes);
    return packet.type === 'query' && (packet.flags ?? 0) >> 11 === 0 ? packet : undefined;
  } catch {
    return undefined;
  }
};

const answersTo = ({ name, type }: Question, label: string, zone: Zone): Answer[] => {
  const [ipv4, ipv6] = [zone.ipv4, zone.ipv6];
  if (type === 'A' && ipv4 !== undefined && label !== familyNames.ipv6) return [{ name, type, ttl: 1, data: ipv4 }];
  if (type === 'AAAA' && ipv6 !== undefined && label !== familyNames.ipv4) return [{ name, type, ttl: 1, data: ipv6 }];
  if (label !== '') return [];
  if (type === 'NS') return [{ name, type, ttl: 600, data: `ns.${zone.name}` }];
  return type === 'SOA' ? [authority(zone)] : [];
};

const authority = ({ name }: Zone): Answer => ({
  ...{ name, type: 'SOA', ttl: 60 },
  data: {
    ...{ mname: name, rname: '.', serial: 1 },
    ...{ refresh: 3_600, retry: 600, expire: 86_400, minimum: 60 },
  },
});

const reply = (query: Packet, code: number, answers: Answer[], zone?: Zone): Buffer =>
  encode({
    type: 'response',
    ...(query.id === undefined ? {} : { id: query.id }),
    flags: (zone === undefined ? 0 : AUTHORITATIVE) | ((query.flags ?? 0) & (1 << 8)) | code,
    questions: query.questions ?? [],
    answers,
    authorities: answers.length === 0 && zone !== undefined ? [authority(zone)] : [],
    additionals: optIn(query) === undefined ? [] : [plainOpt],
  });

const optIn = ({ additionals = [] }: Packet): OptAnswer | undefined =>
  additionals.find((each): each is OptAnswer => each.type === 'OPT');

const plainOpt: OptAnswer = {
  ...{ type: 'OPT', name: '.', udpPayloadSize: 1_232, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false },
  options: [],
};

const subnetIn = (query: Packet): string | undefined => {
  for (const option of optIn(query)?.options ?? []) {
    const { ip, sourcePrefixLength } = option as { readonly ip?: unknown; readonly sourcePrefixLength?: unknown };
    if (typeof ip === 'string' && typeof sourcePrefixLength === 'number' && sourcePrefixLength > 0)
      return `${ip}/${sourcePrefixLength}`;
  }
  return undefined;
};
