/**
 * What one frame of the terminal UI costs with 100, 1,000 and 5,000 sessions behind it, page by page, in a real terminal of
 * 120 × 40: `npm run bench:frame`. Before each frame a tenth of the sessions moves. CPU milliseconds of the drawing process.
 * Then page 4 over a book of 100,000 proxies: down by rows and by pages, and a filter that is typed.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type At, type Millis, now } from '../../src/model/brand.js';
import { createBoard } from '../../src/model/board.js';
import type { Moved } from '../../src/model/event.js';
import type { Session } from '../../src/model/session.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import type { BookDesk } from '../../src/engine/controller.js';
import { openProgram } from '../../src/engine/program.js';
import { frame } from '../../src/tui/frame.js';
import { openScreen } from '../../src/tui/screen.js';
import { createTable, takeRates } from '../../src/tui/session-table.js';
import { createShelf } from '../../src/tui/shelf.js';
import { startModel, update } from '../../src/tui/update.js';
import { sessionOf } from '../kit/snapshots.js';
import { openTerminal } from '../kit/terminal.js';
import { busySnapshot, lookAt } from '../kit/tui.js';

const frames = 200;
const counts = [100, 1_000, 5_000] as const;
const keys = ['1', '2', '3', '6'] as const;

/** One row of the table: the median and the 99th percentile of the frames of one page. */
interface Row {
  readonly sessions: number;
  readonly page: string;
  readonly median: number;
  readonly p99: number;
}

const traffic = { up: 1, down: 1 };
const sessionAt = (id: number): Session =>
  sessionOf(id, {
    target: { host: { kind: 'name', name: `site-${id % 977}.example` }, port: 443 as never },
    state: { phase: 'relaying', opened: [], traffic, firstByte: 90 as Millis },
  });

const measure = (sessions: number, page: string, show: (lines: ReturnType<typeof frame>) => void): Row => {
  const snapshot: Snapshot = {
    ...busySnapshot,
    sessions: Array.from({ length: sessions }, (_, id) => sessionAt(id + 1)),
  };
  const board = createBoard(snapshot);
  const look = { ...lookAt(snapshot), table: createTable() };
  let { model } = update(startModel({ columns: 120, rows: 40 }), { kind: 'key', key: page }, look);
  const spent: number[] = [];
  for (let count = 0; count < frames; count += 1) {
    const at = (60_000 + count * 1_000) as At;
    const from = (count * 7) % sessions;
    const moved = Array.from({ length: sessions / 10 }, (_, index): Moved => {
      const id = ((from + index) % sessions) + 1;
      return [id, count * 100, count * 1_000 + id];
    });
    const { totals } = snapshot;
    board.take({ kind: 'tick', at, up: 1_000, down: 10_000 * (count % 9), moved, totals });
    const began = process.cpuUsage();
    const seen = { ...look, snapshot: board.snapshot(), now: at };
    model = { ...model, sessions: takeRates(model.sessions, seen.snapshot) };
    show(frame(model, seen));
    const { user, system } = process.cpuUsage(began);
    spent.push((user + system) / 1_000);
  }
  return { sessions, page, ...sharesOf(spent) };
};

/** A program whose book has so many proxies. */
const openBook = async (folder: string, proxies: number): Promise<BookDesk> => {
  const lines = Array.from(
    { length: proxies },
    (_, line) =>
      `${45 + (line % 50)}.${line >> 16}.${(line >> 8) & 255}.${line & 255}:${[80, 1080, 3128][line % 3] ?? 80}`,
  );
  const { book } = openProgram(folder);
  await book.import({ kind: 'text', text: lines.join('\n') }, { scheme: 'http' });
  return book;
};

/** What is pressed between frames on page 4, over and over. */
const strokes: readonly (readonly [page: string, keys: readonly string[]])[] = [
  ['down', ['down']],
  ['pages', ['pagedown']],
  ['ends', ['end', 'home']],
  ['filter', ['escape', '/', ...Array.from('country=DE, scheme=http'), 'enter']],
];

const measureBook = (book: BookDesk, show: (lines: ReturnType<typeof frame>) => void): readonly Row[] => {
  const size = { columns: 120, rows: 40 };
  const rows = strokes.map(([name, pressed]): Row => {
    const look = lookAt(busySnapshot, { shelf: createShelf(() => book) });
    let { model } = update(startModel(size), { kind: 'key', key: '4' }, look);
    const spent: number[] = [];
    for (let count = 0; count < frames; count += 1) {
      const began = process.cpuUsage();
      model = update(model, { kind: 'key', key: pressed[count % pressed.length] ?? '' }, look).model;
      show(frame(model, look));
      const { user, system } = process.cpuUsage(began);
      spent.push((user + system) / 1_000);
    }
    return { sessions: 0, page: `4 ${name}`, ...sharesOf(spent) };
  });
  const look = lookAt(busySnapshot, { shelf: createShelf(() => book) });
  const began = performance.now();
  show(frame(update(startModel(size), { kind: 'key', key: '4' }, look).model, look));
  const span = performance.now() - began;
  return [...rows, { sessions: 0, page: '4 first', median: span, p99: span }];
};

const sharesOf = (spent: number[]): { readonly median: number; readonly p99: number } => {
  spent.sort((one, other) => one - other);
  const share = (part: number): number => spent[Math.floor(spent.length * part)] ?? Number.NaN;
  return { median: share(0.5), p99: share(0.99) };
};

/** In the terminal: all pages, every number of sessions; the result is one line of JSON when the terminal is given back. */
const drawAll = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'kaskade-bench-'));
  const book = await openBook(folder, 100_000);
  const screen = openScreen({ env: process.env, unicode: true });
  const rows: Row[] = [];
  for (const sessions of counts) {
    for (const page of keys) {
      rows.push(measure(sessions, page, screen.show));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  rows.push(...measureBook(book, screen.show));
  screen.end();
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`\n${JSON.stringify(rows)}\n`);
};

if (process.argv[2] === 'draw') {
  await drawAll();
} else {
  const began = now();
  await using terminal = openTerminal({ script: new URL(import.meta.url), args: ['draw'], columns: 120, rows: 40 });
  await terminal.ended;
  const [, json = '[]'] = /\n(\[\{.*\}\])\r?\n/.exec(terminal.raw()) ?? [];
  const rows = JSON.parse(json) as readonly Row[];
  console.log('sessions  page      CPU ms a frame: median, 99 %');
  for (const { sessions, page, median, p99 } of rows) {
    console.log(
      `${String(sessions).padStart(8)}  ${page.padEnd(8)}  ${median.toFixed(2).padStart(8)} ${p99.toFixed(2).padStart(8)}`,
    );
  }
  console.log(`${rows.length * frames} frames in ${((now() - began) / 1_000).toFixed(1)} s`);
}
