/** Standings as a letter and a tone: what is unknown never looks good. */

import type { ProxyId } from '../model/cascade.js';
import type { CascadeView, PositionView, Snapshot } from '../model/snapshot.js';
import type { EdgeHealth, HopHealth, Standing } from '../model/standing.js';
import { type Line, type Span, type Tone, span } from './line.js';
import type { Glyphs } from './glyphs.js';
import { clean, clip, clipLine } from './text.js';

/** The letter of a standing. */
export const standingLetter: Readonly<Record<Standing, string>> = {
  unknown: '.',
  up: 'U',
  slow: 'S',
  suspect: '?',
  down: 'D',
};

/** The tone of a standing. */
export const standingTone: Readonly<Record<Standing, Tone>> = {
  unknown: 'faint',
  up: 'good',
  slow: 'warn',
  suspect: 'warn',
  down: 'bad',
};

/** A standing as one coloured letter. */
export const standingCell = (standing: Standing): Span => span(standingLetter[standing], standingTone[standing]);

/** What is known of hops and ways, found by their names. */
export interface Health {
  readonly hop: (proxy: ProxyId) => HopHealth | undefined;
  readonly edge: (from: ProxyId | undefined, to: ProxyId) => EdgeHealth | undefined;
}

/** An index of a snapshot; made once for a frame. */
export const healthOf = ({ hops, edges }: Snapshot): Health => {
  const hopIndex = new Map(hops.map((hop) => [hop.proxy, hop]));
  const edgeIndex = new Map(edges.map((edge) => [`${edge.from ?? ''} ${edge.to}`, edge]));
  return {
    hop: (proxy) => hopIndex.get(proxy),
    edge: (from, to) => edgeIndex.get(`${from ?? ''} ${to}`),
  };
};

const worst: readonly Standing[] = ['down', 'suspect', 'slow', 'unknown', 'up'];

/** The standing of a proxy at its place: no better than the way to it from every proxy before. */
export const standingAt = (proxy: ProxyId, before: PositionView | undefined, health: Health): Standing => {
  const own = health.hop(proxy)?.standing ?? 'unknown';
  const ways = (before === undefined ? [undefined] : before.among).map((from) => health.edge(from, proxy)?.standing);
  const ill = ways.length > 0 && ways.every((way) => way === 'down' || way === 'suspect') ? ways[0] : undefined;
  return worst.find((standing) => standing === own || standing === ill) ?? own;
};

/** A proxy in few cells: host and port, without its scheme; only the port for one on this machine. */
export const shortLabel = (proxy: ProxyId): string =>
  clean(proxy.replace(/^[a-z0-9]+:\/\/(?:127\.0\.0\.1(?=:))?/, '').replace(/\?.*$/, ''));

const tagWidth = 4;

/** Where a proxy is, where that is known: `[DE]`. */
const countryTag = (country: string | undefined): readonly Span[] =>
  country === undefined ? [] : [span(`[${clean(country)}]`, 'faint')];

/** A cascade as a route, a standing before each hop and its country behind it: `U a:1080[DE] › S b:3128|c:3128 › . d:443`. */
export const routeLine = (cascade: CascadeView, health: Health, columns: number, { arrow }: Glyphs): Line => {
  const count = cascade.positions.reduce((sum, { among }) => sum + Math.max(1, among.length), 0);
  const each = Math.floor((columns - 3 * cascade.positions.length) / Math.max(1, count)) - 2;
  // All of them give room for their country, or none does where no room is left for what they are.
  const isTagged = Object.keys(cascade.countries).length > 0 && each - tagWidth >= 5;
  const room = Math.max(6, isTagged ? each - tagWidth : each);
  const line = cascade.positions.flatMap((position, index) => [
    ...(index === 0 ? [] : [span(` ${arrow} `, 'faint')]),
    ...(position.filter === undefined ? [] : [span(clip(clean(`{${position.filter}}`), room + 2))]),
    ...position.among.flatMap((proxy, nth) => [
      ...(nth === 0 ? [] : [span('|', 'faint')]),
      standingCell(standingAt(proxy, cascade.positions[index - 1], health)),
      span(` ${clip(shortLabel(proxy), room)}`),
      ...(isTagged ? countryTag(cascade.countries[proxy]) : []),
    ]),
  ]);
  return clipLine(line, columns);
};
