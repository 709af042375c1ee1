/** Small random books, and every route through them by brute force, from the rules as a person would write them down. */

import type { BookEntry, Grade, Place } from '../../src/model/book.js';
import { match } from '../../src/model/filter-match.js';
import type { Cascade } from '../../src/model/cascade.js';
import type { Endpoint } from '../../src/model/address.js';
import { entryOf, today } from './entries.js';
import type { ToldEvidence } from './evidence.js';

/** What a book is looked at with. */
export interface Scene {
  readonly entries: readonly BookEntry[];
  readonly blocked: ReadonlySet<string>;
  readonly cascade: Cascade;
  readonly target: Endpoint;
  readonly own: readonly string[];
  readonly evidence: ToldEvidence;
  readonly barred: ReadonlySet<string>;
}

const oneOf = <Item>(random: () => number, items: readonly [Item, ...Item[]]): Item =>
  items[Math.floor(random() * items.length)] ?? items[0];

const placeIn = (random: () => number, address: string): Place => ({
  address,
  ...(random() < 0.7 ? { country: oneOf(random, ['FR', 'DE', 'US', 'SE']) } : {}),
  ...(random() < 0.7 ? { network: oneOf(random, [1, 2, 3, 4, 5]) } : {}),
});

const addressIn = (random: () => number): string =>
  random() < 0.1
    ? `2a0${oneOf(random, [1, 2, 3])}:4f8::${Math.ceil(random() * 9)}`
    : `${oneOf(random, [81, 93, 95])}.${oneOf(random, [1, 2, 3])}.0.${Math.ceil(random() * 9)}`;

const gradeIn = (random: () => number): { readonly tunnel?: { grade: Grade; at: typeof today; judges: number } } =>
  random() < 0.2
    ? {}
    : { tunnel: { grade: oneOf(random, ['exact', 'stealth', 'anonymous', 'hostile']), at: today, judges: 1 } };

const randomEntry = (random: () => number, nth: number): BookEntry => {
  const address = addressIn(random);
  const shown = address.includes(':') ? `[${address}]` : address;
  const host = random() < 0.1 ? `p${oneOf(random, [1, 2])}.example` : shown;
  const scheme = oneOf(random, ['http', 'socks5h', 'socks4a', 'https']);
  const { tunnel: _, ...entry } = entryOf(`${scheme}://${host}:${oneOf(random, [1000, 2000, 3000]) + nth}`);
  const exits =
    random() < 0.4 ? [] : random() < 0.6 ? [placeIn(random, address)] : [placeIn(random, addressIn(random))];
  return {
    ...entry,
    ...gradeIn(random),
    shelf: oneOf(random, ['released', 'released', 'released', 'released', 'quarantine', 'archived']),
    pulse: oneOf(random, ['up', 'up', 'unknown']),
    ...(random() < 0.8 ? { entry: placeIn(random, address) } : {}),
    exits,
    ...(random() < 0.2 ? { family: oneOf(random, ['f1', 'f2']) } : {}),
    refuses: random() < 0.2 ? [443] : [],
    ...(random() < 0.1 ? { cannot: ['names' as const] } : {}),
    trials: { good: 5, all: 10, floor: Math.round(random() * 100) / 100 },
  };
};

/** A book of a few proxies that have much in common. */
export const randomBook = (random: () => number, size: number): readonly BookEntry[] => [
  ...new Map(Array.from({ length: size }, (_, nth) => randomEntry(random, nth)).map((one) => [one.id, one])).values(),
];

const addressesOf = ({ entry, hop, exits }: BookEntry): readonly string[] => {
  const { host } = hop.endpoint;
  const at = entry?.address ?? (host.kind === 'name' ? undefined : host.address);
  return [...(at === undefined ? [] : [at]), ...exits.map(({ address }) => address)];
};

const blockOf = (address: string): string =>
  address
    .split(address.includes(':') ? ':' : '.')
    .slice(0, 2)
    .join(' ');

const share = <Item>(one: readonly Item[], other: readonly Item[]): boolean => one.some((item) => other.includes(item));

const placesIn = ({ entry, exits }: BookEntry): readonly Place[] => [...(entry === undefined ? [] : [entry]), ...exits];

/** Every rule that a hop breaks by itself. */
const lone = (hop: BookEntry, at: number, scene: Scene): readonly string[] => {
  const { blocked, own, target, cascade, evidence, barred } = scene;
  const isLast = at === cascade.positions.length - 1;
  const broken = {
    quarantine: hop.shelf === 'quarantine',
    archived: hop.shelf === 'archived',
    blocked: blocked.has(hop.id),
    hostile: hop.tunnel?.grade === 'hostile',
    own: share(addressesOf(hop).map(blockOf), own.map(blockOf)),
    port: isLast && !forwards(hop, target),
    down: evidence.down.has(hop.id) || (at === 0 && (barred.has(` > ${hop.id}`) || evidence.down.has(` > ${hop.id}`))),
  };
  return Object.entries(broken).flatMap(([rule, isBroken]) => (isBroken ? [rule] : []));
};

const forwards = (hop: BookEntry, { host, port }: Endpoint): boolean => {
  if (hop.refuses.includes(port)) return false;
  if (host.kind === 'name') return hop.cannot?.includes('names') !== true;
  return host.kind === 'ipv4' || hop.hop.scheme !== 'socks4a';
};

/** Every rule that two hops break together. */
const joint = (one: BookEntry, other: BookEntry, scene: Scene): readonly string[] => {
  const repeat: readonly string[] = scene.cascade.rules?.repeat ?? [];
  const { host } = one.hop.endpoint;
  const otherHost = other.hop.endpoint.host;
  const countries = [one, other].map((hop) => placesIn(hop).flatMap(({ country }) => country ?? []));
  const networks = [one, other].map((hop) => placesIn(hop).flatMap(({ network }) => network ?? []));
  const broken = {
    same:
      one.id === other.id ||
      share(addressesOf(one), addressesOf(other)) ||
      (host.kind === 'name' && otherHost.kind === 'name' && host.name === otherHost.name),
    block: share(addressesOf(one).map(blockOf), addressesOf(other).map(blockOf)),
    network: !repeat.includes('network') && share(networks[0] ?? [], networks[1] ?? []),
    country: !repeat.includes('country') && share(countries[0] ?? [], countries[1] ?? []),
    family: one.family !== undefined && one.family === other.family,
  };
  return Object.entries(broken).flatMap(([rule, isBroken]) => (isBroken ? [rule] : []));
};

/** A row of proxies for all positions, and every rule that it breaks. */
export interface Row {
  readonly hops: readonly BookEntry[];
  readonly broken: ReadonlySet<string>;
}

/** Every row of proxies that the filters mean, with the rules that it breaks. */
export const everyRow = (scene: Scene): readonly Row[] =>
  scene.cascade.positions.reduce<readonly Row[]>(
    (rows, { filter }, at) => {
      const meant = scene.entries.filter((entry) => filter !== undefined && match(filter, entry, today));
      return rows.flatMap(({ hops, broken }) =>
        meant.map((hop) => ({ hops: [...hops, hop], broken: new Set([...broken, ...brokenBy(hop, hops, at, scene)]) })),
      );
    },
    [{ hops: [], broken: new Set() }],
  );

const brokenBy = (hop: BookEntry, before: readonly BookEntry[], at: number, scene: Scene): readonly string[] => {
  const last = before.at(-1);
  const way = last === undefined ? '' : `${last.id} > ${hop.id}`;
  const isWayDown = last !== undefined && (scene.barred.has(way) || scene.evidence.down.has(way));
  return [
    ...lone(hop, at, scene),
    ...before.flatMap((other) => joint(other, hop, scene)),
    ...(isWayDown ? ['way'] : []),
    ...(last === undefined || forwards(last, hop.hop.endpoint) ? [] : ['port']),
  ];
};
