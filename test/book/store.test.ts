/** The book: what lists leave in it, who names what, and what is never in it. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { KaskadeError } from '../../src/model/error.js';
import { readList } from '../../src/book/read.js';
import { bookIn, filterOf, freshBook, idsOf, keyOf, pageOf, scratchFolder, start, takeText } from '../kit/book.js';

const day = 86_400_000;

test('a list is taken with its counts, each proxy once, in quarantine and new', async (context) => {
  const { book } = freshBook(context);
  const report = await takeText(book, 'socks5h://11.0.0.1:1080\nhttp://11.0.0.2:80\nhttp://11.0.0.2:80\n999.1.1.1:1\n');
  assert.deepEqual(report, {
    ...{ source: 'list', format: 'lines', read: 4, added: 2, merged: 1, dropped: 0, ranges: 0, assumed: 0 },
    rejected: { 'bad-octets': 1 },
  });
  assert.deepEqual(idsOf(book), ['socks5h://11.0.0.1:1080', 'http://11.0.0.2:80']);
  const [first] = pageOf(book);
  assert.deepEqual(
    [first?.shelf, first?.isNew, first?.pulse, first?.sources],
    ['quarantine', true, 'unknown', ['list']],
  );
  assert.deepEqual(first?.entry, { address: '11.0.0.1', country: 'AA' });
  assert.deepEqual(first.trials, { good: 0, all: 0, floor: 0 });
});

test('a second list of the same proxies is one more source, and the same list again is none', async (context) => {
  const { book, pass } = freshBook(context);
  const text = 'http://11.0.0.1:80\nhttp://11.0.0.2:80\n';
  await takeText(book, text, { name: 'a' });
  pass(1_000);
  assert.deepEqual([(await takeText(book, text, { name: 'a' })).merged, book.count(filterOf('sources=1'))], [2, 2]);
  pass(1_000);
  const other = await takeText(book, 'http://11.0.0.2:80\nhttp://11.0.0.3:80\n', { name: 'b' });
  assert.deepEqual([other.added, other.merged], [1, 1]);
  assert.deepEqual(idsOf(book, 'sources=2'), ['http://11.0.0.2:80']);
  assert.deepEqual(idsOf(book, 'source=b'), ['http://11.0.0.2:80', 'http://11.0.0.3:80']);
});

test('what a source does not name any more is dropped by it, stays in the book, and may be named again', async (context) => {
  const { book, pass } = freshBook(context);
  await takeText(book, 'http://11.0.0.1:80\nhttp://11.0.0.2:80\n', { name: 'a' });
  pass(day);
  await takeText(book, 'http://11.0.0.2:80\n', { name: 'a' });
  assert.deepEqual(book.sources.find('a')?.dropped, 1);
  assert.deepEqual(
    [idsOf(book, 'source=a'), idsOf(book, 'sources=0')],
    [['http://11.0.0.2:80'], ['http://11.0.0.1:80']],
  );
  pass(day);
  await takeText(book, 'http://11.0.0.1:80\nhttp://11.0.0.2:80\n', { name: 'a' });
  assert.deepEqual(idsOf(book, 'sources=1').length, 2);
  const detail = book.detail(keyOf(book, '11.0.0.1:80'));
  assert.deepEqual(detail?.sources, [{ name: 'a', first: start, last: start + 2 * day }]);
});

test('a place without a scheme is one with the place whose scheme is known, whichever comes first', async (context) => {
  for (const lists of [
    ['11.0.0.1:1080\n', 'socks5h://11.0.0.1:1080\n'],
    ['socks5h://11.0.0.1:1080\n', '11.0.0.1:1080\n'],
    ['11.0.0.1:1080\nsocks5h://11.0.0.1:1080\n'],
  ]) {
    const { book, pass } = freshBook(context);
    for (const [index, text] of lists.entries()) {
      await takeText(book, text, { name: `list-${index}` });
      pass(1_000);
    }
    assert.deepEqual(
      pageOf(book).map(({ id, assumed, sources }) => [id, assumed, sources.length]),
      [['socks5h://11.0.0.1:1080', false, lists.length]],
    );
  }
});

test('two logins at one gateway are two proxies, and no login is ever in the book itself or in what it tells', async (context) => {
  const { book, folder } = freshBook(context);
  await takeText(
    book,
    'http://alice:s3cret-one@gw.example.com:8000\nhttp://bob:s3cret-two@gw.example.com:8000\nhttp://gw.example.com:8000\n',
  );
  const all = pageOf(book);
  assert.deepEqual(
    all.map(({ login }) => login),
    [false, true, true],
  );
  assert.equal(new Set(all.map(({ id }) => id)).size, 3);
  assert.doesNotMatch(JSON.stringify(all), /alice|s3cret/);
  const mark = all[1]?.id.split('#')[1] ?? '';
  assert.match(book.credentialsOf(mark)?.password.reveal() ?? '', /^s3cret-(?:one|two)$/);
  book.close();
  for (const name of readdirSync(folder)) {
    assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
    if (!name.startsWith('book-logins')) assert.ok(!readFileSync(join(folder, name)).includes('s3cret'), name);
  }
});

test('a login whose last proxy is removed is forgotten', async (context) => {
  const { book } = freshBook(context);
  await takeText(book, 'http://alice:pw@gw.example.com:8000\n');
  const [entry] = pageOf(book);
  const mark = entry?.id.split('#')[1] ?? '';
  assert.ok(book.credentialsOf(mark) !== undefined);
  assert.equal(book.remove([keyOf(book, entry?.id ?? '')]), 1);
  assert.equal(book.credentialsOf(mark), undefined);
});

test('ranges of a block list block what is in them, now and when they were there before', async (context) => {
  const { book, pass } = freshBook(context);
  await takeText(book, 'http://11.1.0.1:80\nhttp://12.0.0.1:80\n', { name: 'a' });
  pass(1_000);
  const report = await takeText(book, '; Spamhaus DROP List\n11.1.0.0/16 ; SBL1\n2a0a::/32 ; SBL2\n', { name: 'drop' });
  assert.deepEqual([report.ranges, report.format], [2, 'blocklist']);
  assert.deepEqual(
    ['11.1.0.1', '11.2.0.1', '2a0a::1', '2a0b::1'].map((address) =>
      book.blocks()({ kind: address.includes(':') ? 'ipv6' : 'ipv4', address }),
    ),
    [true, false, true, false],
  );
  const later = await takeText(book, 'http://11.1.0.2:80\n', { name: 'b' });
  assert.deepEqual([later.added, later.rejected], [0, { blocked: 1 }]);
  assert.equal(book.forget('drop'), 0);
  assert.equal(book.blocks()({ kind: 'ipv4', address: '11.1.0.1' }), false);
});

test('what is this machine’s own address, or is blocked, is refused with its line, also where a list is only looked at', async (context) => {
  const own = bookIn(scratchFolder(context), undefined, {
    isOwn: (host) => host.kind !== 'name' && host.address === '11.0.0.7',
  });
  context.after(own.book.close);
  await takeText(own.book, '12.0.0.0/24 ; SBL1\n', { name: 'drop', format: 'blocklist' });
  const text = 'http://11.0.0.6:80\nhttp://11.0.0.7:80\nhttp://12.0.0.1:80\n';
  const report = await takeText(own.book, text);
  assert.deepEqual([report.read, report.added, report.rejected], [3, 1, { 'own-address': 1, blocked: 1 }]);
  const screen = own.book.screen();
  const list = await readList(Readable.from([Buffer.from(text)]), {}, { signal: new AbortController().signal });
  const seen: string[] = [];
  for await (const batch of list.batches)
    for (const reading of batch.map(screen))
      seen.push(reading.kind === 'rejected' ? `${reading.line} ${reading.why} ${reading.text}` : reading.kind);
  assert.deepEqual(seen, ['proxy', '2 own-address http://11.0.0.7:80', '3 blocked http://12.0.0.1:80']);
});

test('a list that is called off, or breaks in the middle, leaves the book as it was', async (context) => {
  const { book } = freshBook(context);
  await takeText(book, 'http://11.0.0.1:80\n', { name: 'a' });
  const before = [idsOf(book), book.sources.all()];
  const abort = new AbortController();
  const broken = (async function* () {
    yield [{ kind: 'proxy', line: 1, hop: pageOf(book)[0]?.hop, assumed: false }] as never;
    await Promise.resolve();
    throw new Error('the cable');
  })();
  await assert.rejects(book.take(broken, { name: 'b', kind: 'paste', format: 'lines' }), KaskadeError);
  const stopped = (async function* () {
    yield [{ kind: 'proxy', line: 1, hop: pageOf(book)[0]?.hop, assumed: false }] as never;
    await Promise.resolve();
    abort.abort();
  })();
  const watch = { signal: abort.signal };
  await assert.rejects(book.take(stopped, { name: 'c', kind: 'paste', format: 'lines' }, watch), KaskadeError);
  assert.deepEqual([idsOf(book), book.sources.all()], before);
});

test('shelves and tags change what they are asked to, and say how many; what somebody released is not new', async (context) => {
  const { book } = freshBook(context);
  await takeText(book, 'http://11.0.0.1:80\nhttp://11.0.0.2:80\nhttp://11.0.0.3:80\n');
  const keys = book.keys({ kind: 'all' });
  assert.deepEqual([book.release(keys.slice(0, 2)), book.release(keys)], [2, 1]);
  assert.equal(book.quarantine([keys[0] ?? 0]), 1);
  assert.deepEqual([book.count(filterOf('released')), book.count(filterOf('new'))], [2, 0]);
  assert.deepEqual([book.tag(keys, 'mine', 'add'), book.tag(keys, 'mine', 'add')], [3, 0]);
  assert.equal(book.count(filterOf('tag=mine')), 3);
  assert.equal(book.tag([keys[0] ?? 0], 'mine', 'remove'), 1);
  assert.equal(book.remove(book.keys(filterOf('tag=mine'))), 2);
  assert.equal(book.count({ kind: 'all' }), 1);
});

test('forgetting a source takes along what only it named and nobody released', async (context) => {
  const { book, pass } = freshBook(context);
  await takeText(book, 'http://11.0.0.1:80\nhttp://11.0.0.2:80\nhttp://11.0.0.3:80\n', { name: 'a' });
  pass(1_000);
  await takeText(book, 'http://11.0.0.2:80\n', { name: 'b' });
  book.release([keyOf(book, '11.0.0.3:80')]);
  assert.equal(book.forget('a'), 1);
  assert.deepEqual(idsOf(book), ['http://11.0.0.2:80', 'http://11.0.0.3:80']);
  assert.equal(book.forget('nobody'), undefined);
});

test('the version changes with every change, also of another process', async (context) => {
  const folder = scratchFolder(context);
  const [one, other] = [bookIn(folder).book, bookIn(folder).book];
  const before = one.version();
  assert.equal(one.version(), before);
  await takeText(other, 'http://11.0.0.1:80\n');
  assert.notEqual(one.version(), before);
  const then = one.version();
  one.release(one.keys({ kind: 'all' }));
  assert.notEqual(one.version(), then);
  one.close();
  other.close();
});

test('the order of lines, and of lists, makes no difference to what is in the book', async (context) => {
  const lines = [
    '11.0.0.1:80',
    'http://11.0.0.1:80',
    'socks5h://11.0.0.1:80',
    '11.0.0.2:1080',
    'socks4a://11.0.0.2:1080',
    'http://a:b@11.0.0.2:1080',
  ];
  const contents = async (order: readonly string[], cut: number): Promise<string> => {
    const { book, pass } = bookIn(scratchFolder(context));
    for (const [name, part] of [
      ['a', order.slice(0, cut)],
      ['b', order.slice(cut)],
    ] as const) {
      if (part.length > 0) await takeText(book, `${part.join('\n')}\n`, { name });
      pass(1_000);
    }
    const found = pageOf(book).map(({ id, assumed, login }) => `${id.replace(/#.*/, '#')} ${assumed} ${login}`);
    book.close();
    return found.sort().join('\n');
  };
  const usual = await contents(lines, 0);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(lines, { minLength: lines.length }),
      fc.nat(lines.length),
      async (order, cut) => {
        assert.equal(await contents(order, cut), usual);
      },
    ),
    { numRuns: 40 },
  );
});
