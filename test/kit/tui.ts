/** A terminal UI without a terminal: a model, what it looks at, and its screen as text. */

import type { At, Millis } from '../../src/model/brand.js';
import { type CascadeId, type ProxyId, parseCascade, warningsOf } from '../../src/model/cascade.js';
import { fail } from '../../src/model/error.js';
import { rate } from '../../src/model/rating.js';
import type { Identity } from '../../src/model/route.js';
import type { CascadeView, Snapshot } from '../../src/model/snapshot.js';
import { frame } from '../../src/tui/frame.js';
import { unicodeGlyphs } from '../../src/tui/glyphs.js';
import type { Line, Size } from '../../src/tui/line.js';
import type { Look, Model, Order } from '../../src/tui/page.js';
import { createTable } from '../../src/tui/session-table.js';
import { startModel, update } from '../../src/tui/update.js';
import { emptySnapshot, hopOf, sessionOf } from './snapshots.js';

const viewOf = (name: string, chain: string, change: Partial<CascadeView> = {}): CascadeView => {
  const cascade = parseCascade(name, chain);
  return {
    name,
    positions: cascade.positions.map(({ pick, among }) => ({ pick, among: among.map(({ id }) => id) })),
    warm: false,
    standing: 'unknown',
    rating: rate(cascade),
    countries: {},
    warnings: warningsOf(cascade),
    ...change,
  };
};

const [a, b, c, d] = [
  'socks5h://93.0.0.1:1080',
  'http://81.0.0.1:3128',
  'http://81.0.0.2:3128',
  'https://proxy.example:443',
];
const chains = { swiss: `${a},${b}|${c}~random,${d}`, solo: a } as const;

const span = (value: number): Millis => value as Millis;
const refused = fail('onward-denied', {
  ...{ blame: { reporter: 1, suspect: 2, phase: 'request' }, hops: 3 },
  ...{ reporter: a, suspect: c, note: 'HTTP 403 Forbidden' },
}).failure;

const opened = [
  { hop: 1, label: a, connect: span(12), exchange: span(30) },
  { hop: 2, label: b, exchange: span(55) },
] as const;

/** An engine with two cascades, one ill way, and sessions in every state, one minute after it began. */
export const busySnapshot: Snapshot = {
  ...emptySnapshot,
  at: 60_000 as At,
  listeners: [{ host: { kind: 'ipv4', address: '127.0.0.1' }, port: 4001 as never }],
  cascade: 'swiss',
  cascades: [
    viewOf('swiss', chains.swiss, { standing: 'slow', warm: true, countries: { [a]: 'DE', [b]: 'FR', [c]: 'FR' } }),
    viewOf('solo', chains.solo, { standing: 'up' }),
  ],
  hops: [
    hopOf(a, {
      ...{ standing: 'up', since: 10_000 as At, connect: { p50: span(25), p90: span(50) } },
      ...{ exchange: { p50: span(50), p90: span(100) }, firstByte: { p50: span(150), p90: 'beyond' } },
      ...{ hour: { good: 30, all: 30 }, day: { good: 95, all: 100 } },
      ...{
        recent: [...Array.from({ length: 27 }, () => null), span(50), 'failed', span(100)],
        week: `${'.'.repeat(166)}97`,
      },
    }),
    hopOf(b, { standing: 'slow', exchange: { p50: span(1_500), p90: span(4_000) }, hour: { good: 9, all: 10 } }),
    hopOf(c, { standing: 'suspect', hour: { good: 0, all: 2 }, mishap: { at: 50_000 as At, failure: refused } }),
  ],
  edges: [{ from: a as ProxyId, to: c as ProxyId, standing: 'down', since: 0 as At }],
  network: 'online',
  sessions: [
    sessionOf(7, {
      ...{ began: 55_000 as At, changed: 56_000 as At, identity: 'work' as Identity, cascade: 'swiss' as CascadeId },
      ...{ target: { host: { kind: 'name', name: 'example.org' }, port: 443 as never }, tries: 2 },
      ...{ route: [a, b, d] as readonly string[] as readonly ProxyId[] },
      state: { phase: 'relaying', opened, traffic: { up: 1_234, down: 5_678_901 }, firstByte: span(90) },
    }),
    sessionOf(8, {
      ...{ began: 58_000 as At, changed: 59_000 as At },
      ...{ target: { host: { kind: 'name', name: 'held.example' }, port: 80 as never }, tries: 1 },
      state: { phase: 'held', opened: [], why: refused },
    }),
  ],
  recent: [
    sessionOf(6, {
      ...{ began: 40_000 as At, changed: 41_000 as At, tries: 1, cascade: 'swiss' as CascadeId },
      target: { host: { kind: 'ipv6', address: '2001:db8::1' }, port: 22 as never },
      state: { phase: 'failed', opened: [opened[0]], traffic: { up: 0, down: 0 }, failure: refused },
    }),
  ],
  totals: { served: 4, failed: 1, traffic: { up: 1_234, down: 5_678_901 } },
  rates: { up: [0, 100, 1_200], down: [0, 2_000_000, 3_400_000] },
  notices: [
    { level: 'info', topic: 'one', text: 'Something is as it should be.', count: 1, at: 1_000 as At },
    { level: 'warning', topic: 'two', text: 'Something else is not.', count: 3, at: 30_000 as At },
  ],
};

/** What a view may look at: a snapshot, and the two stored cascades. */
export const lookAt = (snapshot: Snapshot = busySnapshot, change: Partial<Look> = {}): Look => ({
  snapshot,
  now: snapshot.at,
  glyphs: unicodeGlyphs,
  ownsEngine: false,
  table: createTable(),
  stored: (name) => {
    const chain = Object.entries(chains).find(([known]) => known === name)?.[1];
    return chain === undefined ? undefined : parseCascade(name, chain);
  },
  compose: (draft) =>
    parseCascade(
      'draft',
      draft
        .map(({ pick, among, filter }) => `${filter === undefined ? among.join('|') : `{${filter}}`}~${pick}`)
        .join(','),
    ),
  ...change,
});

/** A model of a size, and what was ordered, after keys were pressed. */
export const pressed = (
  keys: readonly string[],
  size: Size = { columns: 80, rows: 24 },
  look: Look = lookAt(),
): { readonly model: Model; readonly orders: readonly Order[] } => {
  const orders: Order[] = [];
  let model = startModel(size);
  for (const key of keys) {
    const step = update(model, { kind: 'key', key }, look);
    model = step.model;
    orders.push(...(step.orders ?? []));
  }
  return { model, orders };
};

/** Lines as text, without the spaces at their ends. */
export const textOf = (lines: readonly Line[]): readonly string[] =>
  lines.map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );

/** The screen as a picture. */
export const picture = (keys: readonly string[], size?: Size, look: Look = lookAt()): string =>
  textOf(frame(pressed(keys, size, look).model, look)).join('\n');
