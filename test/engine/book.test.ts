/** The book as an engine draws from it: who may be in a route, with which login, and where proxies are. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { asProxy } from '../../src/model/cascade.js';
import { barOf } from '../../src/model/catalog.js';
import { parseFilter } from '../../src/model/filter-text.js';
import { parseHop } from '../../src/model/hop.js';
import { millis } from '../../src/model/brand.js';
import { bookPath, openBeside } from '../../src/book/file.js';
import { createEarly } from '../../src/engine/early.js';
import { createLives } from '../../src/engine/lives.js';
import { type RouteBook, openRouteBook } from '../../src/engine/book.js';
import { type TestBook, bookIn, keyOf, scratchFolder, takeText } from '../kit/book.js';
import { hopOf } from '../kit/snapshots.js';

const opened = (
  context: TestContext,
): { readonly routes: RouteBook; readonly other: TestBook; readonly folder: string } => {
  const folder = scratchFolder(context);
  const routes = openRouteBook(join(folder, 'settings.json'), plain);
  context.after(routes.close);
  const other = bookIn(folder);
  context.after(other.book.close);
  return { routes, other, folder };
};

const plain = () => ({ 'book.tables': [], 'audit.own': [] });

const idsOf = ({ routes: { catalog } }: RouteBook, filter: string): readonly string[] =>
  [...catalog.candidates(parseFilter(filter))].map(({ proxy }) => proxy.id);

test('only what was released and is not blocked is drawn, as soon as another process has said so', async (context) => {
  const {
    routes,
    other: { book, pass },
  } = opened(context);
  await takeText(book, 'http://8.8.8.8:80\nhttp://8.8.4.4:80\nhttp://9.9.9.9:80\n');
  assert.deepEqual(idsOf(routes, 'scheme=http'), []);
  const before = routes.routes.catalog.version();
  book.release([keyOf(book, '8.8.8.8:80'), keyOf(book, '9.9.9.9:80')]);
  assert.notEqual(routes.routes.catalog.version(), before);
  assert.deepEqual([...idsOf(routes, 'scheme=http')].sort(), ['http://8.8.8.8:80', 'http://9.9.9.9:80']);
  pass(1_000);
  await takeText(book, '9.9.9.0/24 ; SBL1\n8.0.0.0/30 ; SBL2\n', { name: 'drop' });
  assert.deepEqual(idsOf(routes, 'scheme=http'), ['http://8.8.8.8:80']);
  const { some, all } = routes.routes.catalog.sample(parseFilter('scheme=http'), 200);
  assert.equal(all, 3);
  assert.deepEqual(some.map(({ proxy, shelf, blocked }) => [proxy.id, shelf, blocked]).sort(), [
    ['http://8.8.4.4:80', 'quarantine', false],
    ['http://8.8.8.8:80', 'released', false],
    ['http://9.9.9.9:80', 'released', true],
  ]);
  assert.deepEqual(
    [1, 2].map((most) => routes.routes.catalog.sample(parseFilter('scheme=http'), most).some.length),
    [1, 2],
  );
});

test('what is drawn has its login, and a proxy that is named is found where it stands', async (context) => {
  const {
    routes,
    other: { book },
  } = opened(context);
  await takeText(book, 'http://bob:s3cret@8.8.8.8:80\nsocks5h://8.8.4.4:1080\n');
  book.release(book.keys({ kind: 'all' }));
  const [drawn] = routes.routes.catalog.candidates(parseFilter('login=yes'));
  assert.equal(drawn?.proxy.hop.credentials?.password.reveal(), 's3cret');
  const named = asProxy(parseHop('socks5://8.8.4.4'), 'a chain');
  assert.equal(routes.routes.catalog.entry(named.id)?.shelf, 'released');
  book.quarantine([keyOf(book, '8.8.4.4:1080')]);
  assert.equal(routes.routes.catalog.entry(named.id)?.shelf, 'quarantine');
  assert.equal(routes.routes.catalog.entry(asProxy(parseHop('http://1.1.1.1'), '').id), undefined);
});

/** What the book says of a proxy that a cascade names, and of what the name of a first hop has led to. */
const barsOf = ({ routes: { catalog } }: RouteBook, url: string): readonly [string | undefined, boolean] => {
  const { id, hop } = asProxy(parseHop(url), 'a chain');
  const entry = catalog.entry(id);
  return [entry && barOf(entry), catalog.isBarred({ ...hop.endpoint, scheme: hop.scheme })];
};

const spellings = [
  ...['http://8.8.8.8:80', 'http://[::ffff:8.8.8.8]:80', 'http://[64:ff9b::808:808]:80', 'http://[2002:808:808::1]:80'],
  ...['http://me:word@8.8.8.8:80', 'http://0x08080808:80', 'http://8.8.2056:80', 'http://[::808:808]:80'],
];
const otherSchemes = ['socks5h://8.8.8.8:80', 'socks4a://[::ffff:8.8.8.8]:80', 'https://8.8.8.8:80?verify=no'];

test('a place that may not pass is barred by every spelling, login and scheme, for every reason, until it is released', async (context) => {
  const {
    routes,
    folder,
    other: { book, pass },
  } = opened(context);
  await takeText(book, 'http://8.8.8.8:80\nhttp://8.8.4.4:80\nhttp://proxy.example:80\n');
  const key = keyOf(book, '8.8.8.8:80');
  const all = [...spellings, ...otherSchemes];
  const barred = (why: string | undefined): void => {
    for (const url of all) assert.deepEqual(barsOf(routes, url), [why, why !== undefined], url);
  };
  barred('quarantine');
  for (const name of ['proxy.example', 'PROXY.example.', 'Proxy.Example'])
    assert.equal(barsOf(routes, `socks5h://${name}:80`)[0], 'quarantine', name);
  for (const url of ['http://8.8.8.8:81', 'http://8.8.8.9:80', 'http://[2001:db8::808:808]:80', 'http://example:80'])
    assert.deepEqual(barsOf(routes, url), [undefined, false], url);
  book.release([key]);
  barred(undefined);
  const beside = openBeside(folder);
  beside.exec('UPDATE proxies SET shelf = 2');
  beside.close();
  barred('archived');
  book.release([key]);
  book.audited([{ key, mode: 'tunnel', grade: 'hostile', at: 1 as never, judges: 1, exits: [] }]);
  barred('hostile');
  pass(1_000);
  await takeText(book, '8.8.8.0/24 ; SBL1\n', { name: 'drop' });
  barred('blocked');
});

test('what is released passes by every spelling of its place, whatever another scheme there is', async (context) => {
  const {
    routes,
    other: { book },
  } = opened(context);
  await takeText(book, 'http://8.8.8.8:80\nsocks5h://8.8.8.8:80\n');
  book.release(book.keys(parseFilter('scheme=http')));
  for (const url of spellings) assert.deepEqual(barsOf(routes, url), [undefined, false], url);
  for (const url of otherSchemes) assert.deepEqual(barsOf(routes, url), ['quarantine', true], url);
  assert.equal(routes.routes.catalog.entry(asProxy(parseHop('http://[::ffff:8.8.8.8]:80'), '').id)?.shelf, 'released');
  book.release(book.keys({ kind: 'all' }));
  for (const url of otherSchemes) assert.deepEqual(barsOf(routes, url), [undefined, false], url);
});

test('the address that carries another one in a list bars that other one', async (context) => {
  const {
    routes,
    other: { book },
  } = opened(context);
  const list = 'http://[2002:808:808::1]:80\nhttp://[::ffff:8.8.4.4]:80\n';
  await takeText(book, list, {}, { privates: 'allow' });
  assert.equal(book.count({ kind: 'all' }), 2);
  for (const url of spellings) assert.deepEqual(barsOf(routes, url), ['quarantine', true], url);
  assert.deepEqual(barsOf(routes, 'http://8.8.4.4:80'), ['quarantine', true]);
});

test('the country of a proxy is that of its exit, else of its address; names and private addresses have none', async (context) => {
  const {
    routes,
    other: { book },
  } = opened(context);
  const at = (url: string) => routes.known.locality(asProxy(parseHop(url), 'a chain'));
  assert.equal(at('http://8.8.8.8:80').country, 'US');
  assert.equal(at('http://proxy.example:80').country, undefined);
  assert.equal(at('http://127.0.0.1:80').country, undefined);
  await takeText(book, 'http://8.8.8.8:80\n');
  const exit = { address: '11.0.0.1', country: 'FR', network: 64_500 };
  book.audited([
    { key: keyOf(book, '8.8.8.8:80'), mode: 'tunnel', grade: 'exact', at: 1 as never, judges: 1, exits: [exit] },
  ]);
  const { country, network, addresses } = at('http://8.8.8.8:80');
  assert.deepEqual([country, network, addresses.length], ['FR', 64_500, 2]);
});

test('what an audit has found a proxy to keep is sent to it early, until it has lost some; of others nothing is known', async (context) => {
  const {
    routes,
    other: { book },
  } = opened(context);
  await takeText(book, 'socks5://8.8.8.8:80\nsocks5://8.8.4.4:80\n');
  const early = createEarly(routes.routes.catalog);
  const [kept, other] = ['socks5h://8.8.8.8:80', 'socks5h://8.8.4.4:80'].map((url) =>
    asProxy(parseHop(url), 'a chain'),
  );
  assert.ok(kept !== undefined && other !== undefined);
  assert.equal(early.keeps(kept, 'greeting'), false);
  const found = { mode: 'tunnel', grade: 'exact', judges: 1, exits: [], opens: [443] } as const;
  const key = keyOf(book, '8.8.8.8:80');
  book.audited([{ key, at: 1 as never, ...found, keeps: ['greeting'], saysYes: true }]);
  assert.deepEqual(
    [kept, other].map((proxy) => [early.keeps(proxy, 'greeting'), early.keeps(proxy, 'request')]),
    [
      [true, false],
      [false, false],
    ],
  );
  assert.deepEqual([book.entry(key)?.keeps, book.entry(key)?.saysYes], [['greeting'], true]);
  early.lost(kept);
  assert.equal(early.keeps(kept, 'greeting'), false);
  book.audited([{ key, at: 2 as never, ...found }]);
  assert.deepEqual([book.entry(key)?.keeps, book.entry(key)?.saysYes], [undefined, undefined]);
});

test('how long an audit saw a proxy bear silence is known of that very proxy, less what has ended sooner since', async (context) => {
  const {
    routes,
    other: { book },
  } = opened(context);
  await takeText(book, 'socks5://8.8.8.8:80\nhttp://8.8.4.4:80\n');
  const lives = createLives(routes.routes.catalog);
  // Another scheme at the same place is another proxy, of which nothing was seen.
  const [seen, other, beside] = ['socks5h://8.8.8.8:80', 'http://8.8.4.4:80', 'http://8.8.8.8:80'].map((url) =>
    asProxy(parseHop(url), 'a chain'),
  );
  assert.ok(seen !== undefined && other !== undefined && beside !== undefined);
  assert.equal(lives.of(seen), undefined);
  const before = lives.version();
  const found = { mode: 'tunnel', grade: 'exact', at: 1, judges: 1, exits: [] } as const;
  const key = keyOf(book, '8.8.8.8:80');
  book.audited([{ key, ...found, at: 1 as never, spareLife: { how: 'outlived', after: millis(40_000) } }]);
  assert.notEqual(lives.version(), before);
  assert.deepEqual(book.entry(key)?.spareLife, { how: 'outlived', after: 40_000 });
  assert.deepEqual([seen, other, beside].map(lives.of), [40_000, undefined, undefined]);
  lives.ended(seen, millis(12_000));
  lives.ended(seen, millis(20_000));
  lives.ended(other, millis(20_000));
  assert.deepEqual([seen, other].map(lives.of), [12_000, undefined]);
  // An audit that does not look at it leaves it, and what was seen here stays.
  book.audited([{ key, ...found, at: 2 as never }]);
  book.audited([{ key, ...found, at: 3 as never, spareLife: { how: 'ended', after: millis(5_000) } }]);
  assert.deepEqual([lives.of(seen), book.entry(key)?.spareLife?.how], [5_000, 'ended']);
});

test('nobody who only serves makes a book, and a broken one is told of and kept', (context) => {
  const folder = scratchFolder(context);
  const none = openRouteBook(join(folder, 'settings.json'), plain);
  assert.deepEqual([none.trouble, none.routes.catalog.version(), idsOf(none, 'up')], [undefined, 0, []]);
  writeFileSync(bookPath(folder), 'no book '.repeat(1_000));
  const broken = openRouteBook(join(folder, 'settings.json'), plain);
  context.after(broken.close);
  assert.match(broken.trouble ?? '', /damaged \(kept as .*book\.db\.broken-1\)/);
});

test('what health has found of a proxy is a try in the book, once for ten minutes and only where there was any evidence', async (context) => {
  const {
    routes,
    other: { book },
  } = opened(context);
  await takeText(book, 'http://8.8.8.8:80\nhttp://8.8.4.4:80\nhttp://1.1.1.1:80\n');
  const nothing = Array.from({ length: 30 }, () => null);
  const lately = [...nothing.slice(1), millis(50)];
  routes.note([
    hopOf('http://8.8.8.8:80', { standing: 'up', recent: lately, exchange: { p50: millis(50) } }),
    hopOf('http://8.8.4.4:80', { standing: 'down', recent: [...nothing.slice(1), 'failed'] }),
    hopOf('http://1.1.1.1:80', { standing: 'up', recent: nothing }),
    hopOf('http://9.9.9.9:80', { standing: 'up', recent: lately }),
  ]);
  const told = ['8.8.8.8:80', '8.8.4.4:80', '1.1.1.1:80'].map((at) => book.detail(keyOf(book, at))?.entry);
  assert.deepEqual(
    told.map((entry) => [entry?.trials.good, entry?.trials.all, entry?.pulse, entry?.latency]),
    [
      [1, 1, 'up', 50],
      [0, 1, 'unknown', undefined],
      [0, 0, 'unknown', undefined],
    ],
  );
});

test('an engine waits for nobody who writes into the book', async (context) => {
  const { routes, other, folder } = opened(context);
  await takeText(other.book, 'http://8.8.8.8:80\n');
  const writer = openBeside(folder);
  writer.exec('BEGIN IMMEDIATE');
  const began = process.cpuUsage();
  const at = performance.now();
  routes.note([hopOf('http://8.8.8.8:80', { standing: 'up', recent: [millis(50)] })]);
  // Five seconds is what others wait.
  assert.ok(performance.now() - at < 4_000 && process.cpuUsage(began).user < 4_000_000);
  writer.exec('ROLLBACK');
  writer.close();
  assert.equal(other.book.detail(keyOf(other.book, '8.8.8.8:80'))?.entry.trials.all, 0);
});

test('the sources that are due are named, the longest waiting first, and none where there is no book', async (context) => {
  const {
    routes,
    other: { book },
  } = opened(context);
  for (const name of ['one', 'two', 'three', 'four']) await takeText(book, 'http://8.8.8.8:80\n', { name });
  const note = (name: string, nextFetch?: number): void => {
    book.sources.note(name, { failures: 0, ...(nextFetch === undefined ? {} : { nextFetch: nextFetch as never }) });
  };
  note('one', 2_000);
  note('two', 1_000);
  note('three', Date.now() + 3_600_000);
  note('four');
  assert.deepEqual(routes.due(), ['two', 'one']);
  assert.deepEqual(openRouteBook(join(scratchFolder(context), 'settings.json'), plain).due(), []);
});
