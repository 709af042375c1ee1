/**
 * What the book costs: import of a plain list with 10,000, 100,000 and 1,000,000 lines, every order and some filters on the first page and on one
 * deep inside, and the first page of a book that has just been opened: `npm run bench:book`. Each size runs in a process of its own.
 * Last, what a proxy takes on the disk after a year of six tries and one audit of both modes a day.
 */

import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SortKey, Stamp } from '../../src/model/book.js';
import { parseFilter } from '../../src/model/filter-text.js';
import { bookPath } from '../../src/book/file.js';
import { lookUpCountries } from '../../src/book/places.js';
import { readList } from '../../src/book/read.js';
import { type Book, openBook } from '../../src/book/store.js';
import { seeded } from '../health/stage.js';

const sizes = [10_000, 100_000, 1_000_000] as const;
const sorts: readonly SortKey[] = [
  ...(['rank', 'address', 'scheme', 'country', 'grade', 'availability', 'latency', 'exit', 'sources', 'age'] as const),
];
const filters = [
  '',
  'country=DE',
  'country!=US, scheme=http',
  'up',
  'availability>=50',
  'port=8080',
  '7.7',
  '1',
  'grade>=anonymous, released',
];
const clock = (): Stamp => Date.now() as Stamp;
const ports = [80, 1080, 3128, 8080];

const write = async (path: string, size: number): Promise<void> => {
  const file = createWriteStream(path);
  for (let line = 0; line < size; line += 1) {
    // Each place once, in no order: an odd factor only shuffles the numbers below 2^24.
    const place = Math.imul(line + 1, 0x9e3779b1) & 0xffffff;
    const text = `${45 + (place % 50)}.${place >> 16}.${(place >> 8) & 255}.${place & 255}:${ports[line % 4] ?? 80}\n`;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
};

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const spanOf = (work: () => unknown): number => {
  const began = performance.now();
  work();
  return performance.now() - began;
};

/** Some proxies were tried, a tenth of them audited. */
const live = (book: Book, size: number): void => {
  const random = seeded(3);
  const keys = book.keys({ kind: 'all' }).slice(0, Math.min(size, 20_000));
  book.tried(
    keys.flatMap((key) =>
      [1, 2, 3].map((nth) => ({
        ...{ key, at: (clock() + nth * 600_000) as Stamp, good: random() < 0.6 },
        latency: Math.floor(random() * 4_000) as never,
      })),
    ),
  );
  const audited = keys.filter((_, index) => index % 10 === 0);
  book.audited(
    audited.map((key) => ({
      ...{ key, mode: 'tunnel' as const, grade: random() < 0.9 ? ('exact' as const) : ('hostile' as const) },
      ...{ at: clock(), judges: 1, exits: [{ address: `99.1.${Math.floor(random() * 256)}.1` }] },
    })),
  );
};

const measure = async (folder: string, size: number): Promise<void> => {
  const path = join(folder, 'list.txt');
  await write(path, size);
  const book = openBook(folder, { clock, lookUp: lookUpCountries() });
  const [began, cpu] = [performance.now(), cpuSeconds()];
  const list = await readList(createReadStream(path), { name: 'http.txt' }, { signal: new AbortController().signal });
  const report = await book.take(list.batches, { name: 'list', kind: 'file', format: list.format });
  const seconds = (performance.now() - began) / 1_000;
  const mebibytes = process.resourceUsage().maxRSS / 1_024;
  console.log(
    `${size} lines: ${report.added} added in ${seconds.toFixed(2)} s, ${(cpuSeconds() - cpu).toFixed(2)} s of CPU, peak ${mebibytes.toFixed(0)} MB`,
  );
  live(book, size);
  tellQueries(book, size);
  book.close();
  const first = spanOf(() => {
    const opened = openBook(folder, { clock, lookUp: lookUpCountries() });
    opened.page({ filter: { kind: 'all' }, sort: 'rank', reversed: 'usual', limit: 50, offset: 0 });
    opened.close();
  });
  console.log(`  opening the book, the first page, closing it: ${first.toFixed(1)} ms`);
};

/** The slowest of all orders and filters, at the first page and at one behind nine tenths; the median of five. */
const tellQueries = (book: Book, size: number): void => {
  const asked = filters.flatMap((filter) => sorts.map((sort) => ({ filter, sort })));
  const spans = asked.flatMap(({ filter, sort }) => {
    const parsed = filter === '' ? ({ kind: 'all' } as const) : parseFilter(filter);
    const all = book.count(parsed);
    return [0, Math.floor(all * 0.9)].map((offset) => {
      const tries = Array.from({ length: 5 }, () =>
        spanOf(() => book.page({ filter: parsed, sort, reversed: 'usual', limit: 50, offset })),
      ).sort((one, other) => one - other);
      return { what: `${sort}, ${filter || 'everything'}, from ${offset}`, span: tries[2] ?? 0 };
    });
  });
  const counts = filters
    .slice(1)
    .map((filter) => ({ what: `count of ${filter}`, span: spanOf(() => book.count(parseFilter(filter))) }));
  const slowest = [...spans, ...counts].sort((one, other) => other.span - one.span);
  const over = slowest.filter(({ span }) => span > 30).length;
  console.log(`  ${slowest.length} queries over ${size} proxies, ${over} of them above 30 ms; the slowest:`);
  for (const { what, span } of slowest.slice(0, 5)) console.log(`    ${span.toFixed(1).padStart(7)} ms  ${what}`);
};

const yearly = 300;

/** The bytes of a book of `yearly` proxies after a year, for each; evidence of the last audits is not counted. */
const tellYear = async (folder: string): Promise<void> => {
  const path = join(folder, 'list.txt');
  await write(path, yearly);
  let now: number = clock();
  const book = openBook(folder, { clock: () => now as Stamp, lookUp: lookUpCountries() });
  const random = seeded(5);
  const take = async (name: string): Promise<void> => {
    const list = await readList(createReadStream(path), { name: 'http.txt' }, { signal: new AbortController().signal });
    await book.take(list.batches, { name, kind: 'file', format: list.format });
  };
  for (let day = 0; day < 365; day += 1) {
    if (day % 30 === 0) for (const name of ['one', 'two', 'three']) await take(name);
    const keys = book.keys({ kind: 'all' });
    for (let nth = 0; nth < 6; nth += 1) {
      now += 4 * 3_600_000;
      const tries = { at: now as Stamp, latency: Math.floor(random() * 4_000) as never };
      book.tried(keys.map((key) => ({ key, ...tries, good: random() < 0.7 })));
    }
    for (const mode of ['tunnel', 'forward'] as const) {
      const exits = [
        { address: `99.${day % 50}.1.1`, country: 'FR', network: 64_500, networkName: 'Example Networks' },
      ];
      book.audited(keys.map((key) => ({ key, mode, grade: 'exact' as const, at: now as Stamp, judges: 2, exits })));
    }
  }
  book.close();
  console.log(
    `a year of one proxy: ${Math.round(statSync(bookPath(folder)).size / yearly)} bytes of the file, indices and all`,
  );
};

const wanted = process.argv[2];
if (wanted === undefined) {
  for (const size of [...sizes, 'year']) {
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(size)], { stdio: 'inherit' });
  }
} else {
  const folder = mkdtempSync(join(tmpdir(), 'kaskade-bench-'));
  try {
    await (wanted === 'year' ? tellYear(folder) : measure(folder, Number(wanted)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
