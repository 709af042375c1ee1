/** Who sees what of a session through a cascade, in sentences that promise no more than the protocols do. */

import { hostText, labelEndpoint } from './address.js';
import { type Cascade, type Position, isThisMachine, labelPosition } from './cascade.js';
import { labelHop } from './hop.js';
import { privateKind } from './private.js';
import { type Sight, sightsOf } from './sight.js';

/** Somebody on the way, and what they see, a sentence each. */
export interface Observer {
  readonly who: string;
  readonly sees: readonly string[];
}

/** No line of the box gets much longer. */
const widest = 96;

/** Everybody on the way, from the provider to the site. */
export const observersOf = (cascade: Cascade): readonly Observer[] => {
  const [line, ...hops] = sightsOf(cascade);
  return [
    ...(line === undefined ? [] : beforeHop1(cascade, line)),
    ...hops.map((sight) => ({
      who: `hop ${sight.at} (${labelsOf(cascade, sight.at)})`,
      sees: [neighbours(cascade, sight.at), ...readings(cascade, sight)],
    })),
    { who: 'the site', sees: siteSees(cascade) },
  ];
};

/** The same as a box, line by line. */
export const drawBox = (cascade: Cascade): readonly string[] => [
  ...observersOf(cascade).flatMap(({ who, sees }, index) => [
    `${index === 0 ? '┌' : '├'} ${who} sees`,
    ...sees.flatMap(wrap).map((line) => `│   ${line}`),
  ]),
  '└ Whoever watches the line behind a hop sees all that passes there. Hops that work together know all of this,',
  '  and times and amounts alone can tie you to the site.',
];

/** Hosts are ASCII here, so that letters are columns. */
const wrap = (sentence: string): readonly string[] =>
  sentence.split(' ').reduce<readonly string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined) return [word];
    return last.length + word.length < widest ? [...lines.slice(0, -1), `${last} ${word}`] : [...lines, `  ${word}`];
  }, []);

const beforeHop1 = (cascade: Cascade, line: Sight): readonly Observer[] => {
  const where = hop1Stands(cascade);
  const onward = 'what hop 1 sends on, which cannot be told from here';
  if (where === 'here') return [{ who: 'your provider', sees: [`${onward}: hop 1 runs on this machine`] }];
  const sees = [
    `your address, and that you talk to hop 1 (${placesOf(cascade, 1)}), when and how much`,
    ...readings(cascade, line),
  ];
  if (where === 'outside') return [{ who: 'your provider', sees }];
  return [
    { who: 'your own network', sees },
    { who: 'your provider', sees: [onward] },
  ];
};

/** Where the proxies of the first position are: on this machine, in its network, or (at least one) outside. */
const hop1Stands = ({ positions: [first] }: Cascade): 'here' | 'near' | 'outside' => {
  if (first.filter !== undefined) return 'outside';
  const endpoints = first.among.map(({ hop }) => hop.endpoint);
  if (endpoints.every(isThisMachine)) return 'here';
  return endpoints.every(({ host }) => privateKind(host) !== undefined) ? 'near' : 'outside';
};

/** Whom a hop talks to on both sides. */
const neighbours = (cascade: Cascade, at: number): string => {
  const onward = at === cascade.positions.length ? 'the site, by name' : `hop ${at + 1} (${placesOf(cascade, at + 1)})`;
  if (at > 1) return `${comesFrom(cascade, at - 1)}, and that somebody goes on to ${onward}`;
  const you = { here: 'that this machine asks', near: 'your address in your own network', outside: 'your address' };
  return `${you[hop1Stands(cascade)]}, and that you go on to ${onward}`;
};

/** The address under which what a hop sends arrives: seldom another one than its own, but nobody promises that. */
const comesFrom = (cascade: Cascade, at: number): string => {
  if (at === 1 && hop1Stands(cascade) !== 'outside')
    return 'the address that hop 1 goes out with, which is yours unless it leads elsewhere';
  return `the address that hop ${at} goes out with, usually ${hostsOf(cascade, at)}`;
};

/** What somebody reads besides who talks to whom. */
const readings = (cascade: Cascade, { at, reads, mayRead, doubt }: Sight): readonly string[] => {
  const all = cascade.positions.length;
  if (at === all) return [`http:// pages in full, and can change them; ${sealedPages}`];
  const surely = reads > at ? [`reads ${toldOf(cascade, at, reads)}`] : [];
  const perhaps = mayRead > reads ? [`may read ${toldOf(cascade, reads, mayRead)}, ${reasonOf(doubt, reads + 1)}`] : [];
  const end = mayRead < all ? [`cannot read what goes to hop ${mayRead + 1}, which is encrypted (TLS)`] : [];
  return [...surely, ...perhaps, ...end];
};

const sealedPages = 'of https:// only when and how much';

/** What the hops behind `from` and up to `to` are told: where to go on, who you are to them, and what goes to the site. */
const toldOf = (cascade: Cascade, from: number, to: number): string => {
  const all = cascade.positions.length;
  const secrets = cascade.positions.slice(from, to).some(hasCredentials) ? ['the logins'] : [];
  const places = numbers(from + 2, Math.min(to + 1, all)).map((hop) => `hop ${hop} (${placesOf(cascade, hop)})`);
  const site = to === all ? ['the name of the site', 'http:// pages in full'] : [];
  const told =
    to === from + 1
      ? `what hop ${to} is told`
      : `what hops ${from + 1} ${to === from + 2 ? 'and' : 'to'} ${to} are told`;
  return `${told}, and can change it: ${inWords([...secrets, ...places, ...site])}${to === all ? `; ${sealedPages}` : ''}`;
};

const reasonOf = (doubt: Sight['doubt'], hop: number): string =>
  doubt === 'any certificate'
    ? `by posing as hop ${hop}, whose certificate is not checked (verify=no)`
    : `whenever hop ${hop} is a proxy without TLS`;

const siteSees = (cascade: Cascade): readonly string[] => {
  const last = cascade.positions.length;
  const forwards = cascade.positions.at(-1)?.among.some(({ hop }) => hop.forward === true) ?? false;
  const before = last === 1 ? 'yours' : `that of hop ${last - 1}`;
  return [
    comesFrom(cascade, last),
    'what your program tells of itself: cookies, logins, its make',
    ...(forwards
      ? [`what hop ${last} adds to http:// requests (mode=forward), often the address before it: ${before}`]
      : []),
  ];
};

const hasCredentials = ({ among }: Position): boolean => among.some(({ hop }) => hop.credentials !== undefined);

const hopsAt = ({ positions }: Cascade, at: number) => positions[at - 1]?.among.map(({ hop }) => hop) ?? [];

const isDrawn = ({ positions }: Cascade, at: number): boolean => positions[at - 1]?.filter !== undefined;

const placesOf = (cascade: Cascade, at: number): string =>
  isDrawn(cascade, at)
    ? 'drawn from the book'
    : hopsAt(cascade, at)
        .map(({ endpoint }) => labelEndpoint(endpoint))
        .join(' or ');

const hostsOf = (cascade: Cascade, at: number): string =>
  isDrawn(cascade, at)
    ? 'its own'
    : [...new Set(hopsAt(cascade, at).map(({ endpoint }) => hostText(endpoint.host)))].join(' or ');

const labelsOf = (cascade: Cascade, at: number): string => {
  const position = cascade.positions[at - 1];
  if (position?.filter !== undefined) return labelPosition(position);
  return hopsAt(cascade, at).map(labelHop).join(' or ');
};

const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

const inWords = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
