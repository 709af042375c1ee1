/** A terminal UI without a terminal: a model, what it looks at, and its screen as text. */

import type { At, Millis } from '../../src/model/brand.js';
import { type CascadeId, type ProxyId, parseCascade, warningsOf } from '../../src/model/cascade.js';
import type { BookEntry, Stamp } from '../../src/model/book.js';
import { fail } from '../../src/model/error.js';
import { match } from '../../src/model/filter-match.js';
import { parseFilter } from '../../src/model/filter-text.js';
import { rate } from '../../src/model/rating.js';
import type { Identity } from '../../src/model/route.js';
import type { AuditDesk, BookDesk, SourceView } from '../../src/engine/controller.js';
import type { CascadeView, Snapshot } from '../../src/model/snapshot.js';
import { frame } from '../../src/tui/frame.js';
import { unicodeGlyphs } from '../../src/tui/glyphs.js';
import type { Line, Size } from '../../src/tui/line.js';
import type { Look, Model, Order } from '../../src/tui/page.js';
import { createTable } from '../../src/tui/session-table.js';
import { startModel, update } from '../../src/tui/update.js';
import { createAuditShelf } from '../../src/tui/audit-shelf.js';
import { createShelf } from '../../src/tui/shelf.js';
import { auditDeskOf } from './audits.js';
import { entryOf, today } from './entries.js';
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

/** A proxy of which nothing is known. */
const plainEntry = (url: string): BookEntry => {
  const { tunnel: _untested, ...entry } = entryOf(url);
  return { ...entry, trials: { good: 0, all: 0, floor: 0 } };
};

const day = 86_400_000;
const week = `${'.'.repeat(100)}${'9'.repeat(40)}${'95.0'.repeat(7)}`;

/** Proxies of a book: one that is known well, one that is hostile, new ones, and names that a terminal must not obey. */
const bookEntries: readonly BookEntry[] = [
  entryOf('socks5h://93.0.0.1:1080', {
    ...{
      added: (today - 40 * day) as Stamp,
      sources: ['mine', 'all.txt'],
      tags: ['fast'],
      latency: 100 as Millis,
      week,
    },
    entry: { address: '93.0.0.1', country: 'DE', network: 64_500, networkName: 'Example Net' },
    exits: [{ address: '93.0.0.9', country: 'FR' }],
    trials: { good: 12, all: 14, from: (today - 3 * day) as Stamp, floor: 0.6 },
    ...{ opens: [80, 443] as readonly number[], refuses: [25] as readonly number[], family: '93.0.0' },
  }),
  entryOf('http://81.0.0.1:3128', {
    ...{ added: (today - 5 * day) as Stamp, pulse: 'dead', shelf: 'archived', sources: ['mine'] },
    tunnel: { grade: 'hostile', at: (today - day) as Stamp, judges: 1 },
    trials: { good: 0, all: 9, from: (today - 5 * day) as Stamp, floor: 0 },
  }),
  ...[
    'http://81.0.0.2:3128',
    'https://proxy.example:443',
    'socks5h://[2001:db8::7]:1080',
    'socks4a://xn--bcher-kva.example:1080',
  ].map((url) => ({
    ...plainEntry(url),
    ...{ shelf: 'quarantine' as const, isNew: true, pulse: 'unknown' as const, sources: ['\u202eall\x1b[2J.txt'] },
  })),
];

const bookSources: readonly SourceView[] = [
  {
    ...{ name: 'all.txt', kind: 'url', place: 'https://lists.example/all.txt?…', way: 'cascade', format: 'lines' },
    ...{ proxies: 1_234, added: 12, dropped: 40, fetched: (today - 7_200_000) as Stamp, every: 21_600_000 as Millis },
    nextFetch: (today + 14_400_000) as Stamp,
  },
  {
    ...{ name: 'mine', kind: 'paste', format: 'lines', proxies: 2, added: 2, dropped: 0 },
    fetched: (today - 40 * day) as Stamp,
  },
  {
    ...{ name: 'shrunk', kind: 'url', place: 'http://shrunk.example/', way: 'direct', format: 'csv', proxies: 900 },
    ...{ added: 0, dropped: 0, fetched: (today - 9 * day) as Stamp, every: 86_400_000 as Millis },
    trouble: 'The list has lost more than half of its proxies (3 of 900 are left).',
  },
];

/** A desk over proxies that are made up: it finds by filter, and sorts by nothing. */
export const deskOf = (
  entries: readonly BookEntry[] = bookEntries,
  sources: readonly SourceView[] = bookSources,
): Pick<BookDesk, 'list' | 'count' | 'find' | 'sources' | 'version'> => {
  const found = (filter: string): readonly BookEntry[] => {
    if (filter.trim() === '') return entries;
    const wanted = parseFilter(filter);
    return entries.filter((entry) => match(wanted, entry, today));
  };
  return {
    list: ({ filter, descending, limit, offset }) =>
      (descending ? found(filter).toReversed() : found(filter)).slice(offset, offset + limit),
    count: (filter) => found(filter).length,
    find: (text) => {
      const entry = entries.find(({ id }) => id === text);
      if (entry === undefined) return undefined;
      const first = (today - 40 * day) as Stamp;
      return {
        entry,
        sources: entry.sources.map((name) => ({ name, first, last: today, hearsay: { country: 'Germany' } })),
        audits: entry.tunnel === undefined ? [] : [{ at: today, mode: 'tunnel', grade: entry.tunnel.grade }],
        family: entry.family === undefined ? [] : ['http://93.0.0.7:80' as ProxyId],
      };
    },
    sources: () => sources,
    version: () => 1,
  };
};

/** What a view may look at: a snapshot, and the two stored cascades. */
export const lookAt = (snapshot: Snapshot = busySnapshot, change: Partial<Look> = {}): Look => ({
  snapshot,
  now: snapshot.at,
  glyphs: unicodeGlyphs,
  ownsEngine: false,
  table: createTable(),
  shelf: createShelf(() => deskOf() as BookDesk),
  auditShelf: createAuditShelf(
    () => auditDeskOf() as AuditDesk,
    () => 1,
  ),
  today,
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
