/** From what a user wishes to proxies that can be asked: how each is reached, and which are neighbours. */

import type { Socket } from 'node:net';
import { type Family, type Host, familyOf, hostText } from '../model/address.js';
import type { Cascade, Proxy } from '../model/cascade.js';
import { type NonEmpty, isNonEmpty } from '../model/brand.js';
import { fail } from '../model/error.js';
import { labelHop } from '../model/hop.js';
import { privateKind } from '../model/private.js';
import type { Identity, Route } from '../model/route.js';
import { hopProtocols } from '../hop/index.js';
import type { Subject } from '../audit/ask/subject.js';
import { createBuffers } from '../net/buffers.js';
import type { Cancel } from '../net/cancel.js';
import type { Door } from '../net/connect.js';
import { dial, dialFirst } from '../route/dial.js';

/** Answers are read in small pieces: hundreds of proxies may send without end at the same time. */
export const auditDoor = (): Door => ({
  buffers: createBuffers(process.platform, 8 * 1024),
  isOwnListener: () => false,
});

/** One proxy, alone. */
export const subjectOf = (proxy: Proxy, door: Door): Subject => {
  const { hop } = proxy;
  const label = labelHop(hop);
  const { seesYouBy, onReached } = sightOf(hop.endpoint.host);
  // There may be a hundred thousand of them, of which each is reached once or twice.
  const reach: Subject['reach'] = (cancel) => reachBy(alone(proxy), door, onReached)(cancel);
  if (hopProtocols[hop.scheme].secure !== undefined || onReached !== undefined)
    return { label, hop, before: nobody, seesYouBy, isAlone: true, reach };
  const reachThen: Subject['reachThen'] = (then) => dialFirst(alone(proxy), door, then);
  return { label, hop, before: nobody, seesYouBy, isAlone: true, reach, reachThen };
};

const nobody: Subject['before'] = [];

/** By which addresses a first hop sees its user. Of a name that is known when it was reached, by what it is told of that. */
interface Sight extends Pick<Subject, 'seesYouBy'> {
  readonly onReached?: (socket: Socket) => void;
}

const sights: Readonly<Record<Family | 'private', Sight>> = {
  ipv4: { seesYouBy: () => ['ipv4'] },
  ipv6: { seesYouBy: () => ['ipv6'] },
  private: { seesYouBy: () => [] },
};

const sightOf = (host: Host): Sight => {
  if (privateKind(host) !== undefined) return sights.private;
  if (host.kind !== 'name') return sights[host.kind];
  const families = new Set<Family>();
  return {
    seesYouBy: () => [...families],
    onReached: ({ remoteAddress }) => {
      const family = remoteAddress === undefined ? undefined : familyOf(remoteAddress);
      if (family !== undefined) families.add(family);
    },
  };
};

const alone = (proxy: Proxy): Route => ({
  cascade: 'audit' as Route['cascade'],
  identity: '' as Identity,
  hops: [proxy],
});

/** A whole cascade, as its last hop is seen by a site; each position by its first proxy. */
export const subjectOfCascade = (cascade: Cascade, door: Door): Subject => {
  const hops = firstOfEach(cascade);
  const last = hops.at(-1) ?? hops[0];
  const { seesYouBy, onReached } = sightOf(hops[0].hop.endpoint.host);
  return {
    ...{ label: cascade.name, hop: last.hop, before: addressesOf(hops.slice(0, -1)), seesYouBy },
    reach: reachBy({ cascade: cascade.id, identity: '' as Identity, hops }, door, onReached),
  };
};

/** What stands before the last hop of a cascade: each hop behind those before it. */
export const subjectsBefore = (cascade: Cascade, door: Door): readonly Subject[] => {
  const hops = firstOfEach(cascade);
  const { seesYouBy, onReached } = sightOf(hops[0].hop.endpoint.host);
  return hops.slice(0, -1).map((proxy, index) => {
    const before = hops.slice(0, index + 1);
    const row = isNonEmpty(before) ? before : hops;
    const reach = reachBy({ cascade: cascade.id, identity: '' as Identity, hops: row }, door, onReached);
    return { label: labelHop(proxy.hop), hop: proxy.hop, before: addressesOf(hops.slice(0, index)), seesYouBy, reach };
  });
};

const firstOfEach = ({ positions }: Cascade): NonEmpty<Proxy> => {
  const named = positions.flatMap(({ among: [first] }) => first ?? []);
  if (!isNonEmpty(named) || named.length < positions.length)
    throw fail('bad-usage', {
      note: 'A cascade that draws from the book has no proxies before a session: audit the proxies of its filters.',
    });
  return named;
};

const addressesOf = (hops: readonly Proxy[]): Subject['before'] =>
  hops.flatMap(({ hop: { endpoint } }, index) =>
    endpoint.host.kind === 'name' ? [] : [{ hop: index + 1, address: endpoint.host.address }],
  );

/** Through all hops to the last one, which is asked nothing yet. */
const reachBy =
  (route: Route, door: Door, onReached?: Sight['onReached']): Subject['reach'] =>
  async (cancel: Cancel) => {
    const { stream, outward } = await dial(route, 'last hop', { door, onHop: () => undefined }, cancel);
    onReached?.(outward.socket);
    if (stream !== outward.socket) stream.once('close', () => outward.socket.destroy());
    return stream;
  };

/** Proxies of one /24, or by one name, are neighbours. */
export const blockOf = ({ hop: { endpoint } }: Subject): string => {
  const { host } = endpoint;
  return host.kind === 'ipv4' ? host.address.replace(/\d+$/, '') : hostText(host);
};

/** Whether a proxy is on this machine: nobody else is asked then. */
export const isHere = ({ hop: { endpoint } }: Subject): boolean => privateKind(endpoint.host) === 'loopback';
