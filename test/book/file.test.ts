/** The book's file: found, checked, brought up to date, and kept when it is broken. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { KaskadeError } from '../../src/model/error.js';
import { bookPath, openFile } from '../../src/book/file.js';
import { schemaVersion } from '../../src/book/schema.js';
import { openDatabase } from '../../src/book/sqlite.js';
import { bookIn, keyOf, scratchFolder, takeText } from '../kit/book.js';

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof KaskadeError) return thrown.failure.code;
    throw thrown;
  }
  return 'none';
};

test('a book is made in a folder that is made, for its owner only', (context) => {
  const folder = join(scratchFolder(context), 'deep', 'er');
  openFile(folder).close();
  assert.equal(statSync(bookPath(folder)).mode & 0o777, 0o600);
});

test('a file that is no book is kept aside, whole, and said; the next start has a new book', async (context) => {
  const folder = scratchFolder(context);
  const garbage = Buffer.from('this is no book at all '.repeat(500));
  writeFileSync(bookPath(folder), garbage);
  assert.equal(
    refusal(() => openFile(folder)),
    'book-broken',
  );
  assert.deepEqual(readFileSync(`${bookPath(folder)}.broken-1`), garbage);
  const { book } = bookIn(folder);
  assert.equal((await takeText(book, 'http://11.0.0.1:80\n')).added, 1);
  book.close();
});

test('a book that was damaged inside is kept aside as well', async (context) => {
  const folder = scratchFolder(context);
  const { book } = bookIn(folder);
  await takeText(
    book,
    Array.from({ length: 3_000 }, (_, index) => `http://11.0.${index >> 8}.${index & 255}:80`).join('\n'),
  );
  book.close();
  const bytes = readFileSync(bookPath(folder));
  bytes.fill(0x5a, 8_192, bytes.length - 4_096);
  writeFileSync(bookPath(folder), bytes);
  assert.equal(
    refusal(() => openFile(folder)),
    'book-broken',
  );
  assert.ok(existsSync(`${bookPath(folder)}.broken-1`));
});

test('a book of a later version is refused and stays as it is', (context) => {
  const folder = scratchFolder(context);
  const database = openFile(folder);
  database.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
  database.close();
  assert.equal(
    refusal(() => openFile(folder)),
    'book-newer',
  );
  assert.ok(existsSync(bookPath(folder)));
});

test('a book of the version before gets what is missing, and is kept beside as it was', async (context) => {
  const folder = scratchFolder(context);
  const { book } = bookIn(folder);
  await takeText(book, 'http://11.0.0.1:80\n');
  book.close();
  const database = openDatabase(bookPath(folder));
  database.exec(`ALTER TABLE proxies DROP COLUMN spareLife; PRAGMA user_version = ${schemaVersion - 1}`);
  database.close();
  const { book: again } = bookIn(folder);
  context.after(again.close);
  const key = keyOf(again, '11.0.0.1:80');
  assert.deepEqual([again.entry(key)?.spareLife, again.entry(key)?.hop.endpoint.port], [undefined, 80]);
  assert.ok(existsSync(`${bookPath(folder)}.v${schemaVersion - 1}`));
});

test('two books of one folder write in turn, and read what the other has written', async (context) => {
  const folder = scratchFolder(context);
  const [one, other] = [bookIn(folder).book, bookIn(folder).book];
  await Promise.all([
    takeText(one, 'http://11.0.0.1:80\n', { name: 'a' }),
    takeText(other, 'http://11.0.0.2:80\n', { name: 'b' }),
  ]);
  assert.deepEqual([one.count({ kind: 'all' }), other.count({ kind: 'all' })], [2, 2]);
  one.close();
  other.close();
});

test('a folder that cannot be used is said to be so', (context) => {
  const folder = scratchFolder(context);
  mkdirSync(bookPath(folder));
  assert.equal(
    refusal(() => openFile(folder)),
    'home-unusable',
  );
  assert.deepEqual(readdirSync(folder), ['book.db']);
});

test('no connection that only reads can write', (context) => {
  const folder = scratchFolder(context);
  openFile(folder).close();
  const database = openDatabase(bookPath(folder), { readOnly: true });
  assert.throws(() => {
    database.exec('DELETE FROM proxies');
  });
  database.close();
});

test('many processes that open a book which nobody has made yet all get it', async (context) => {
  const store = new URL('../../src/book/store.js', import.meta.url).href;
  for (let round = 0; round < 3; round += 1) {
    const folder = scratchFolder(context);
    const text = `const { openBook } = await import(${JSON.stringify(store)});
      const book = openBook(${JSON.stringify(folder)}, { clock: Date.now, lookUp: (address) => ({ address }), patience: 0 });
      console.log(book.count({ kind: 'all' })); book.close();`;
    const made = Array.from({ length: 6 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', text]),
    );
    assert.deepEqual(
      (await Promise.all(made)).map(({ stdout }) => stdout),
      Array.from(made, () => '0\n'),
    );
  }
});
