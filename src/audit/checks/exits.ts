import { type Host, addressBytes, parseHost } from '../../model/address.js';
import type { Visit } from '../ask/visit.js';
import type { Fact } from '../identity/facts.js';
import type { TlsVisit } from '../by-tls.js';
import type { Stand } from '../stand.js';
import { type Result, check, failed, note, pass, untested, whyNot, worstOf } from './check.js';
import { pageRequests } from './requests.js';

/** Addresses that a judge has seen so far. */
export const peersOf = (visits: readonly (Pick<Visit, 'record'> | undefined)[]): readonly string[] => [
  ...new Set(visits.flatMap((visit) => visit?.record?.peer ?? [])),
];

/** The way out that was seen first: by the plain question, or over TLS where plain tunnels are refused. */
const firstPeer = async (stand: Stand): Promise<string | undefined> => {
  const plain = (await stand.echo()).record?.peer;
  return plain ?? (stand.mode === 'tunnel' ? (await stand.tls(0)).record?.peer : undefined);
};

/** A03: the site does not see the user's own address as the one that connects. */
export const ownExit = check(
  'A03',
  {
    axis: 'ID',
    severity: 'critical',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    needed: true,
    title: 'the connection comes from another address than yours',
    meaning:
      'The address that the judge’s own socket sees is compared with yours. Some proxies pass connections on with the address they came from.',
    remedy: 'It hides nothing: do not use it to hide.',
  },
  async (stand) => {
    const peer = await firstPeer(stand);
    if (peer === undefined) return untested(whyNot(await stand.echo()));
    const others = (await stand.echo()).record === undefined ? [] : (await pageRequests(stand)).arrived;
    return worstOf([
      exitVerdict(peer, stand),
      ...peersOf([...others.map(({ visit }) => visit), ...(await tlsVisits(stand))]).map((other) =>
        exitVerdict(other, stand),
      ),
    ]);
  },
);

/** The verdict on an address that has connected. */
export const exitVerdict = (peer: string, { facts }: Pick<Stand, 'facts'>): Result => {
  const yours = facts.filter(({ kind, of }) => kind === 'address' && of === 'you');
  const evidence = [{ what: 'the address that connected', arrived: peer }];
  if (yours.some(({ text }) => sameAddress(text, peer)))
    return failed('The judge sees your own address.', 'transparent', evidence);
  if (yours.some((fact) => sharesNetwork(fact, peer)))
    return failed('The judge sees an address in your own network.', 'partial', evidence);
  return pass(`The judge sees ${peer}.`, evidence);
};

const tlsVisits = async (stand: Stand): Promise<readonly TlsVisit[]> =>
  stand.mode === 'tunnel' ? [await stand.tls(0)] : [];

const sameAddress = (one: string, other: string): boolean => bytesOf(one).equals(bytesOf(other));

const sharesNetwork = ({ text }: Fact, peer: string): boolean => {
  const [one, other] = [bytesOf(text), bytesOf(peer)];
  const length = one.length === 4 ? 3 : 6;
  return one.length === other.length && one.subarray(0, length).equals(other.subarray(0, length));
};

const bytesOf = (address: string): Buffer => {
  const host: Host = parseHost(address);
  return host.kind === 'name' ? Buffer.alloc(0) : addressBytes(host);
};

const looks = 5;

/** A01: by how many addresses it goes out, and A02: how they stand to the one that it listens on. */
export const exitSet = check(
  'A01',
  {
    axis: 'EX',
    severity: 'info',
    tier: 'full',
    modes: ['forward', 'tunnel'],
    title: 'by which addresses it goes out',
    meaning:
      'Five fresh connections are made. A way out that is taken once in five times is missed in a third of all audits.',
    remedy: 'A site may see several addresses in one visit; sticky sessions need another proxy.',
  },
  async (stand) => {
    const exits = await stand.once('exits', () => seeExits(stand));
    if (exits.length === 0) return untested('The judge saw no connection.');
    return exits.length === 1
      ? note(`It goes out by ${exits[0] ?? ''}.`)
      : note(`It goes out by ${exits.length} addresses: ${exits.join(', ')}.`);
  },
);

/** The addresses of five connections. */
export const seeExits = async (stand: Stand): Promise<readonly string[]> => {
  const seen = [await stand.echo()];
  for (let nth = 1; nth < looks; nth += 1) seen.push(await stand.visit({ page: '.txt' }));
  return peersOf([...seen, ...(await tlsVisits(stand))]);
};

export const exitPlace = check(
  'A02',
  {
    axis: 'EX',
    severity: 'info',
    tier: 'quick',
    modes: ['forward', 'tunnel'],
    title: 'how its way out stands to its way in',
    meaning:
      'The address that the judge sees is compared with the one that the proxy listens on. More than a quarter of listed proxies go out by another one.',
    remedy: 'Nothing is wrong with it.',
  },
  async (stand): Promise<Result> => {
    const peer = await firstPeer(stand);
    const { host } = stand.subject.hop.endpoint;
    if (peer === undefined) return untested(whyNot(await stand.echo()));
    if (host.kind === 'name') return note(`It goes out by ${peer}.`);
    if (sameAddress(host.address, peer)) return note('It goes out by the address that it listens on.');
    const [one, other] = [bytesOf(host.address), bytesOf(peer)];
    const near = one.length === other.length && one.subarray(0, 2).equals(other.subarray(0, 2));
    return note(`It goes out by ${peer}, ${near ? 'in the same /16' : 'somewhere else'}.`);
  },
);
