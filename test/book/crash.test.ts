/** The book is whole, and has everything that was acknowledged, whatever kills the program, and when a disk is full. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/book/sqlite.js';
import { bookPath } from '../../src/book/file.js';
import type { Book } from '../../src/book/store.js';
import { bookIn, filterOf, freshBook, keyOf, takeText } from '../kit/book.js';
import { seeded } from '../health/stage.js';

const script = fileURLToPath(new URL('../kit/child-book.js', import.meta.url));
const kills = process.env['KASKADE_LONG'] === '1' ? 100 : 20;

/** Lets the program write until it has said so many things, and a random while longer; gives what it said. */
const killed = (folder: string, seed: number, random: () => number): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script, folder, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said: string[] = [];
    const enough = 1 + Math.floor(random() * 12);
    const spin = Math.floor(random() * 200);
    createInterface({ input: child.stdout })
      .on('line', (line) => {
        said.push(line);
        if (said.length !== enough) return;
        // Some turns of the loop, so that the end comes in the middle of whatever is under way.
        let left = spin;
        const turn = (): void => {
          left -= 1;
          if (left <= 0) child.kill('SIGKILL');
          else setImmediate(turn);
        };
        turn();
      })
      .on('close', () => {
        resolve(said);
      });
  });

/** What was acknowledged so far. */
interface Known {
  readonly lists: Set<string>;
  tried: number;
  audited: number;
}

const hear = (known: Known, line: string): void => {
  const [what, which = ''] = line.split(' ');
  if (what === 'list') known.lists.add(which);
  if (what === 'tried') known.tried = Number(which);
  if (what === 'audited') known.audited = Number(which);
};

const assertSound = (folder: string): void => {
  const raw = openDatabase(bookPath(folder), { readOnly: true });
  assert.equal(raw.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  raw.close();
};

const assertKept = (book: Book, { lists, tried, audited }: Known): void => {
  const sources = new Map(book.sources.all().map(({ name, proxies }) => [name, proxies]));
  for (const [name, proxies] of sources) assert.equal(proxies, name === 'first' ? 1 : 200, name);
  for (const name of lists) assert.ok(sources.has(name), `${name} is lost`);
  const detail = book.detail(keyOf(book, 'http://99.0.0.1:80'));
  assert.ok(detail !== undefined);
  if (tried > 0) assert.deepEqual([detail.entry.pulse, detail.entry.trials.all > 0], ['up', true]);
  if (audited > 0) assert.ok((detail.audits[0]?.at ?? 0) >= audited, 'an audit is lost');
  // Every login that the book speaks of is there.
  const page = { filter: filterOf('login=yes'), sort: 'age', reversed: 'usual', limit: 50, offset: 0 } as const;
  for (const { id } of book.page(page)) assert.ok(book.credentialsOf(id.split('#')[1] ?? '') !== undefined, id);
};

test(`after ${kills} kills in the middle of imports, tries and audits nothing that was acknowledged is lost, and no list is there in part`, async (context) => {
  const { book, folder } = freshBook(context);
  await takeText(book, 'http://99.0.0.1:80\n', { name: 'first' });
  book.close();
  const random = seeded(Number(process.env['SEED'] ?? 5));
  const known: Known = { lists: new Set(), tried: 0, audited: 0 };
  for (let seed = 1; seed <= kills; seed += 1) {
    for (const line of await killed(folder, seed, random)) hear(known, line);
    assertSound(folder);
    const { book: again } = bookIn(folder);
    assertKept(again, known);
    again.close();
  }
  context.diagnostic(`${known.lists.size} lists were acknowledged in ${kills} runs`);
  assert.ok(known.lists.size >= kills / 2);
});

test('a disk that is full leaves the book as it was and says so, and there is no trace of it when there is room again', async (context) => {
  const { book, folder } = freshBook(context);
  await takeText(book, 'http://99.0.0.1:80\n', { name: 'first' });
  book.close();
  const limited = 'trap "" XFSZ; ulimit -f 1024; exec "$0" "$@"';
  const words = ['-c', limited, process.execPath, script, folder, '1', 'full'];
  const { stdout } = spawnSync('bash', words, { encoding: 'utf8' });
  assert.equal(stdout, 'book-full 1\n');
  const { book: again } = bookIn(folder);
  context.after(again.close);
  assert.deepEqual(
    again.sources.all().map(({ name }) => name),
    ['first'],
  );
  await takeText(again, 'http://99.0.0.2:80\n', { name: 'second' });
  assert.equal(again.count({ kind: 'all' }), 2);
});
