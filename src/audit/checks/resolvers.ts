import { addressBytes, parseHost } from '../../model/address.js';
import type { Visit } from '../ask/visit.js';
import { shown } from '../ask/text.js';
import type { Fact } from '../identity/facts.js';
import { type Lookup, nameOfId } from '../judge/zone.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, inconclusive, note, notForThis, pass, untested, whyNot } from './check.js';

/** A question by a name that nobody has asked for before, and who looked it up. */
interface Named {
  readonly name: string;
  readonly visit: Visit;
  readonly lookups: readonly Lookup[];
}

/** Asked once: the name is written in mixed case, which resolvers keep (draft-vixie-dnsext-dns0x20). */
const askByName = (stand: Stand, zone: string): Promise<Named> =>
  stand.once('by name', async () => {
    const id = stand.freshId();
    const name = nameOfId(id, zone).replace(
      /(.)(.{0,2})/g,
      (_all, one: string, rest: string) => one.toUpperCase() + rest,
    );
    const visit = await stand.visit({ page: '.txt', id, host: { host: parseHost(name), port: stand.judge.main.port } });
    return { name, visit, lookups: await stand.lookups(id) };
  });

/** Why nothing is asked; undefined where it can be. */
const whyNotNamed = ({ judge, subject }: Stand): Result | undefined => {
  if (judge.card.zone === undefined)
    return untested(
      'The judge has no zone of its own. It gets one by kaskade judge --zone NAME --address ADDRESS, where NAME is delegated to it.',
    );
  return subject.hop.scheme === 'socks4a' && subject.hop.forward === true
    ? notForThis('It takes no names.')
    : undefined;
};

/** N01: who looks names up for the proxy, and what is told to it. */
export const resolvers = check(
  'N01',
  {
    axis: 'DN',
    severity: 'high',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    title: 'names are not looked up by you, or in your name',
    meaning:
      'A name that nobody has asked for before is asked for. The judge is the name server of it, and tells who looked it up and for whom: your own resolver, or one that is told your network, would tell the world where you go.',
    remedy: 'Do not use it where nobody must know which sites you visit.',
  },
  async (stand) => {
    const why = whyNotNamed(stand);
    if (why !== undefined) return why;
    const { visit, lookups, name } = await askByName(stand, stand.judge.card.zone ?? '');
    const evidence = [{ what: `who asked for ${shown(name, 80)}`, arrived: shown(lookups.map(lineOf).join('\n')) }];
    const yours = stand.facts.filter(({ of, kind }) => of === 'you' && kind === 'address');
    if (lookups.some(({ resolver }) => yours.some(({ text }) => text === resolver)))
      return failed('Names are looked up from your own address.', 'transparent', evidence);
    const told = lookups.find(({ subnet = '' }) => yours.some((fact) => isWithin(fact, subnet)));
    if (told !== undefined)
      return failed(
        `Its resolver tells name servers the network that you are in (${told.subnet ?? ''}).`,
        'partial',
        evidence,
      );
    if (lookups.length > 0) return pass(`Names are looked up by ${resolversOf(lookups)}.`, evidence);
    return visit.record === undefined ? untested(whyNot(visit)) : inconclusive('Nobody asked for the name.');
  },
);

/** N03: a name leads where its name server says. */
export const forgedNames = check(
  'N03',
  {
    axis: 'DN',
    severity: 'high',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    title: 'names lead where they should',
    meaning:
      'The same name has one address only, that of the judge. A proxy that leads it to somebody else does so with other names too.',
    remedy: 'Do not use it: it decides where you go.',
  },
  async (stand) => {
    const why = whyNotNamed(stand);
    if (why !== undefined) return why;
    const { visit, lookups } = await askByName(stand, stand.judge.card.zone ?? '');
    if (visit.record !== undefined) return pass('The name led to the judge.');
    const { reply } = visit;
    if (reply?.kind !== 'answer' || reply.status >= 400) return note(`The name was not reached: ${whyNot(visit)}`);
    if ((await stand.records(visit.id)).length > 0)
      return untested('The judge was reached, and its answer did not come back.');
    return failed('A name leads to somebody else than its name server says.', 'hostile', [
      { what: 'who was asked', arrived: shown(lookups.map(lineOf).join('\n') || 'nobody') },
      { what: 'the answer', arrived: `${reply.status}\n${shown(reply.body, 200)}` },
    ]);
  },
);

const lineOf = ({ resolver, type, subnet }: Lookup): string =>
  `${resolver}, ${type}${subnet === undefined ? '' : `, for ${subnet}`}`;

const resolversOf = (lookups: readonly Lookup[]): string =>
  [...new Set(lookups.map(({ resolver }) => resolver))].slice(0, 4).join(', ');

/** Whether a network that was told, of /16 or IPv6 /32 and closer, is one that somebody is in. */
const isWithin = ({ text }: Fact, subnet: string): boolean => {
  const [network = '', length = ''] = subnet.split('/');
  const [one, other] = [bitsOf(network), bitsOf(text)];
  const bits = Number(length);
  if (one === '' || one.length !== other.length || bits < (one.length === 32 ? 16 : 32)) return false;
  return one.slice(0, bits) === other.slice(0, bits);
};

/** The bits of an address; none of what is no address. */
const bitsOf = (text: string): string => {
  try {
    const host = parseHost(text);
    if (host.kind === 'name') return '';
    return [...addressBytes(host)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  } catch {
    return '';
  }
};
