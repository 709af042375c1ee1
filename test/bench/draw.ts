/** How long it takes to draw a route from a large book: `node build/test/bench/draw.js [PROXIES]`. */

import { parseEndpoint } from '../../src/model/address.js';
import { now } from '../../src/model/brand.js';
import type { BookEntry } from '../../src/model/book.js';
import { parseCascade } from '../../src/model/cascade.js';
import { KaskadeError } from '../../src/model/error.js';
import type { Identity } from '../../src/model/route.js';
import { noEvidence } from '../../src/route/evidence.js';
import { createGuards } from '../../src/route/guards.js';
import { createPlanner } from '../../src/route/plan.js';
import { createCatalog } from '../kit/catalog.js';
import { entryOf, today } from '../kit/entries.js';

const size = Number(process.argv[2] ?? 100_000);

const entryAt = (nth: number, countries: number): BookEntry => {
  const address = `${11 + (nth % 180)}.${Math.floor(nth / 180) % 250}.${Math.floor(nth / 45_000)}.${1 + (nth % 200)}`;
  return entryOf(`socks5h://${address}:1080`, {
    entry: { address, country: `${String.fromCharCode(65 + (nth % countries))}X`, network: nth % 5_000 },
    trials: { good: 9, all: 10, floor: (nth % 90) / 100 },
    latency: (100 + (nth % 900)) as never,
  });
};

const time = (work: () => unknown): { readonly span: number; readonly came: string } => {
  const began = performance.now();
  let came = 'a route';
  try {
    work();
  } catch (thrown) {
    came = thrown instanceof KaskadeError ? `${thrown.code}: ${thrown.failure.note ?? ''}` : String(thrown);
  }
  return { span: performance.now() - began, came };
};

const measure = (name: string, entries: readonly BookEntry[], chain: string): void => {
  const guards = createGuards({ random: Math.random, wallClock: () => today });
  const book = { catalog: createCatalog(entries), guards, own: () => [] };
  const planner = createPlanner({ evidence: noEvidence, random: Math.random, clock: now, book });
  const cascade = parseCascade('bench', chain);
  const target = parseEndpoint('target.test:443');
  const plan = (nth: number) => time(() => planner.plan(cascade, { identity: `i${nth % 50}` as Identity, target }));
  const first = plan(0);
  const spans = Array.from({ length: 1_000 }, (_, nth) => plan(nth).span).sort((one, other) => one - other);
  const at = (part: number): string => (spans[Math.floor(part * (spans.length - 1))] ?? 0).toFixed(3);
  console.log(
    `${name.padEnd(34)} first ${first.span.toFixed(0)} ms, then p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms; ${first.came}`,
  );
};

const many = Array.from({ length: size }, (_, nth) => entryAt(nth, 20));
const one = Array.from({ length: size }, (_, nth) => entryAt(nth, 1));
const two = Array.from({ length: size }, (_, nth) => entryAt(nth, nth === 7 || nth === 8 ? 20 : 1));
for (const pick of ['random', 'first-up', 'fastest', 'sticky']) {
  measure(`${size} × 3, ${pick}`, many, `{}~${pick},{}~${pick},{}~${pick}`);
}
measure(`${size} × 3, all but two in a country`, two, '{}~random,{}~random,{}~random');
measure(`${size} × 3, all in one country`, one, '{}~random,{}~random,{}~random');
measure(
  `${size} × 8, 7 countries`,
  Array.from({ length: size }, (_, nth) => entryAt(nth, 7)),
  Array.from({ length: 8 }, () => '{}~random').join(),
);
