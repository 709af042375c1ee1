/** The book on the command line: lists in, answers, lists out. */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { bookIn } from '../kit/book.js';
import { ask } from '../kit/clients.js';
import { openHop } from '../kit/hops.js';
import { until } from '../kit/leak.js';
import { createScope } from '../kit/scope.js';
import { answer, openListHost } from '../kit/list-host.js';
import { echo, openTarget } from '../kit/target.js';
import { assertRefused, createKaskade, jsonLines } from './kaskade.js';

const dirty = [
  ...['# mine', 'socks5h://8.8.8.8:1080', '8.8.4.4:3128:Germany', '999.1.1.1:80', '10.0.0.1:3128', 'ABC'],
  ...['http://bob:s3cret@9.9.9.9:8080', 'socks5://1.2.3.0/24:1080', '8.8.4.4:3128'],
].join('\n');

test('a list is taken with its counts, and what is not taken is written with its number and the reason', async (context) => {
  const { run, home } = createKaskade(context);
  const [list, rejected] = [join(home, 'mine.txt'), join(home, 'rejected.txt')];
  writeFileSync(list, dirty);
  const taken = await run(['list', 'import', list, '--rejected', rejected]);
  assert.equal(taken.code, 0);
  assert.match(taken.stdout, /^mine\.txt: 8 read as lines, 3 added, 1 known already\n/);
  for (const why of ['bad-octets', 'reserved', 'range', 'not-a-proxy'])
    assert.match(taken.stdout, new RegExp(`\n {2}1 not taken: ${why}, `));
  assert.match(taken.stderr, /quarantine/);
  const lines = readFileSync(rejected, 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.split('\t').slice(0, 2).join(' ')),
    ['4 bad-octets', '5 reserved', '6 not-a-proxy', '8 range'],
  );
  const [value] = jsonLines(await run(['list', 'import', '-', '--as', 'again', '--json'], { stdin: dirty }));
  assert.deepEqual([value?.['event'], value?.['added'], value?.['merged']], ['imported', 0, 4]);
  const sources = jsonLines(await run(['list', 'sources', '--json']));
  assert.deepEqual(
    sources.map(({ name, proxies }) => [name, proxies]),
    [
      ['again', 3],
      ['mine.txt', 3],
    ],
  );
});

test('the book answers questions, and no login is ever printed unless an export is asked for it', async (context) => {
  const { run, home } = createKaskade(context);
  await run(['list', 'import', '-', '--as', 'mine'], { stdin: dirty });
  const all = jsonLines(await run(['list', 'ls', '--json', '--sort', 'address']));
  assert.deepEqual(
    all.map(({ proxy, shelf, login }) => [proxy, shelf, login]),
    [
      ['http://8.8.4.4:3128', 'quarantine', false],
      ['socks5h://8.8.8.8:1080', 'quarantine', false],
      ['http://9.9.9.9:8080', 'quarantine', true],
    ],
  );
  const found = await run(['list', 'ls', 'country=US, scheme=socks5h']);
  assert.match(found.stdout, /\nsocks5h:\/\/8\.8\.8\.8:1080 +US +untested +unknown +unknown +quarantine, new /);
  assert.match((await run(['list', 'show', '8.8.4.4:3128'])).stdout, /\nsource mine, .*; it says: country Germany\n/);
  assert.equal((await run(['list', 'release', '--filter', 'login=yes'])).stdout, '1 proxy released\n');
  const bare = await run(['list', 'export', '--filter', 'released']);
  assert.equal(bare.stdout, 'http://9.9.9.9:8080\n');
  const records = await run(['list', 'export', '--json']);
  assert.deepEqual(
    records.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly url: unknown }).url),
    ['http://9.9.9.9:8080'],
  );
  assertRefused(await run(['list', 'export', '--json', '--format', 'clash']), 2, /--output FILE/);
  const file = join(home, 'out.txt');
  const clear = await run(['list', 'export', '--logins', '--output', file]);
  assert.deepEqual([clear.stdout, readFileSync(file, 'utf8')], ['', 'http://bob:s3cret@9.9.9.9:8080\n']);
  if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o077, 0);
  for (const words of [
    ['ls'],
    ['ls', '--json'],
    ['show', '9.9.9.9'],
    ['sources'],
    ['export', '--format', 'clash', '--filter', 'login=yes'],
  ]) {
    const { stdout, stderr } = await run(['list', ...words]);
    assert.doesNotMatch(stdout + stderr, /s3cret|bob/, words.join(' '));
  }
  assert.equal((await run(['list', 'rm', '8.8.8.8:1080'])).stdout, '1 proxy removed\n');
});

test('why tells how a line is read, and leaves with 1 where it is not taken', async (context) => {
  const { run } = createKaskade(context);
  const taken = await run(['list', 'why', '-'], { stdin: '9.9.9.9:8080:bob:s3cret\n' });
  assert.match(taken.stdout, /\n {2}host {5}9\.9\.9\.9\n {2}port {5}8080\n {2}user {5}‹secret›\n/);
  assert.match(taken.stdout, /\ntaken: http:\/\/9\.9\.9\.9:8080 \(the scheme is assumed\)\n$/);
  const refused = await run(['list', 'why', '0177.0.0.1:80']);
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /\nnot taken: bad-octets; This is not an IPv4 address/);
});

test('a look before a list is taken takes nothing', async (context) => {
  const { run } = createKaskade(context);
  const look = await run(['list', 'import', '-', '--preview'], { stdin: dirty });
  assert.match(look.stdout, /^4 proxies and 0 blocked ranges, read as lines; nothing was taken\n/);
  assert.match(look.stdout, /\n {2}line 4: bad-octets: 999\.1\.1\.1:80\n/);
  assert.equal((await run(['list', 'ls', '--json'])).stdout, '');
});

test('what is wrong is said, with what would be right', async (context) => {
  const { run } = createKaskade(context);
  assertRefused(await run(['list', 'ls', 'grade>=good']), 2, /at character 8: grade is one of hostile, /);
  assertRefused(await run(['list', 'show', 'http://nobody.example:1']), 2, /no such proxy/);
  assertRefused(
    await run(['list', 'import', '/nowhere/list.txt']),
    3,
    /could not be read \(\/nowhere\/list\.txt: ENOENT\)/,
  );
  assertRefused(await run(['list', 'forget', 'nobody']), 2, /no such source/);
  assertRefused(await run(['list', 'release']), 2, /Name proxies/);
  assertRefused(await run(['list', 'export', '--format', 'pac']), 2, /txt, json, jsonl, csv, proxychains, clash/);
});

test('an address that the user has named as the own is refused in lists, as one of an interface is', async (context) => {
  const { run } = createKaskade(context);
  await run(['config', 'set', 'audit.own', '9.9.9.9']);
  const { stdout } = await run(['list', 'import', '-'], { stdin: '9.9.9.9:80\n9.9.9.9:81\n9.9.9.8:80\n' });
  assert.match(stdout, /1 added/);
  assert.match(stdout, /2 not taken: own-address/);
});

test('a cascade that draws from the book uses what was released, and nothing else, also when that changes while it runs', async (context) => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const hops = await Promise.all([openHop({ scheme: 'socks5h' }), openHop({ scheme: 'http' })]);
  for (const hop of hops) scope.use(hop);
  const { run, start } = createKaskade(context);
  await run(['config', 'set', 'targets.private', 'allow']);
  // Probes visit hops as sessions do, and would be counted.
  await run(['config', 'set', 'health.probes', 'off']);
  await run(['config', 'set', 'hold', '0s']);
  await run(['list', 'import', '-', '--private', '--as', 'mine'], { stdin: hops.map(({ url }) => url).join('\n') });
  await run(['cascade', 'add', 'drawn', '{tag=mine}~random']);
  await run(['list', 'tag', 'mine', '--filter', 'source=mine']);
  const served = start(['serve', '--listen', '127.0.0.1:0']);
  const [, port = ''] = await served.printed(/listening on 127\.0\.0\.1:(\d+) through drawn/);
  const opens = async (): Promise<string> => {
    const { socket, code, text } = await ask(Number(port), { protocol: 'connect', target: target.name });
    socket.destroy();
    return code === 200 ? 'open' : (/X-Kaskade-Failure: ([^\r;]*)/.exec(text)?.[1] ?? '');
  };
  assert.equal(await opens(), 'no-route-fits');
  assert.deepEqual([hops[0].visits.length, hops[1].visits.length, target.calls.length], [0, 0, 0]);
  assert.equal((await run(['list', 'release', hops[0].url])).code, 0);
  for (let count = 0; count < 8; count += 1) assert.equal(await opens(), 'open');
  assert.deepEqual([hops[0].visits.length, hops[1].visits.length, target.calls.length], [8, 0, 8]);
  await run(['list', 'release', hops[1].url]);
  await run(['list', 'quarantine', hops[0].url]);
  for (let count = 0; count < 8; count += 1) assert.equal(await opens(), 'open');
  assert.deepEqual([hops[0].visits.length, hops[1].visits.length], [8, 8]);
});

test('a cascade is tried, and one target connected, through the book too, and through nothing that is in quarantine', async (context) => {
  await using scope = createScope();
  const target = scope.use(await openTarget(echo));
  const hop = scope.use(await openHop({ scheme: 'socks5h' }));
  const { run } = createKaskade(context);
  await run(['list', 'import', '-', '--private', '--as', 'mine'], { stdin: hop.url });
  for (const chain of ['{source=mine}~random', hop.url]) {
    assertRefused(await run(['cascade', 'test', chain, '--target', target.name]), 1, /quarantine/);
    assertRefused(await run(['connect', 'target.test', `${target.port}`, '--cascade', chain]), 3, /quarantine/);
  }
  assert.deepEqual([hop.visits.length, target.calls.length], [0, 0]);
  await run(['list', 'release', hop.url]);
  const tried = await run(['cascade', 'test', '{source=mine}~random', '--target', target.name]);
  assert.deepEqual([tried.code, hop.visits.length, target.calls.length], [0, 1, 1]);
  const told = await run(['connect', 'target.test', `${target.port}`, '--cascade', '{source=mine}~random'], {
    stdin: 'hello',
  });
  assert.deepEqual([told.stdout, hop.visits.length], ['hello', 2]);
});

test('a list comes from a URL by the way that is said: directly after a yes that is remembered, else through the cascade', async (context) => {
  await using scope = createScope();
  const host = scope.use(await openListHost());
  const hop = scope.use(await openHop({ scheme: 'socks5h' }));
  const { run } = createKaskade(context);
  const url = host.says('/all.txt?key=secret', answer('http://8.8.8.8:80\nhttp://8.8.4.4:80\nhttp://1.1.1.1:80\n'));
  assertRefused(await run(['list', 'import', url]), 3, /private, local or reserved/);
  assertRefused(await run(['list', 'import', 'http://lists.example/all.txt']), 2, /cascade/);
  assertRefused(await run(['list', 'import', url, '--way', 'direct']), 2, /your own address/);
  assertRefused(await run(['list', 'import', url, '--way', 'sideways']), 2, /A way is cascade/);
  assertRefused(await run(['list', 'import', url, '--every', '1m']), 2, /from 10m/);
  assertRefused(await run(['list', 'import', '-', '--way', 'direct'], { stdin: '' }), 2, /from a URL/);
  assert.equal(host.asked.length, 0);
  const taken = await run(['list', 'import', url, '--way', 'direct', '--yes', '--every', '6h']);
  assert.match(taken.stdout, /^127\.0\.0\.1:\d+\/all\.txt: 3 read as lines, 3 added/);
  assert.equal((await run(['config', 'get', 'book.direct'])).stdout.trim(), 'yes');
  assert.equal((await run(['list', 'import', url, '--way', 'direct'])).code, 0);
  host.says('/all.txt?key=secret', answer('http://8.8.8.8:80\n'));
  const shrunk = await run(['list', 'refresh']);
  assert.equal(shrunk.code, 1);
  assert.match(shrunk.stderr, /lost more than half .*1 of 3 are left.* The list of before stays/);
  const sources = await run(['list', 'sources']);
  assert.match(sources.stdout, /all\.txt\?… +direct +lines +3 .*every 6 h.* lost more than half/);
  assert.equal(sources.stdout.includes('secret'), false);
  assert.equal((await run(['list', 'refresh', '--shrunk'])).code, 0);
  const [source] = jsonLines(await run(['list', 'sources', '--json']));
  assert.deepEqual([source?.['proxies'], source?.['dropped'], source?.['way']], [1, 2, 'direct']);
  const before = host.asked.length;
  await run(['cascade', 'add', 'mine', hop.url]);
  assertRefused(await run(['list', 'import', url, '--way', 'cascade']), 3, /loopback/);
  await run(['config', 'set', 'targets.private', 'allow']);
  assert.equal((await run(['list', 'import', url, '--way', 'cascade'])).code, 0);
  assert.deepEqual([hop.visits.length, host.asked.length - before], [1, 1]);
  const preview = await run(['list', 'import', url, '--way', 'direct', '--preview']);
  assert.match(preview.stdout, /^1 proxies and 0 blocked ranges, read as lines; nothing was taken\n/);
});

test('a running kaskade fetches again what is due, by the way of the source, and says what is new', async (context) => {
  await using scope = createScope();
  const host = scope.use(await openListHost());
  const hop = scope.use(await openHop({ scheme: 'socks5h' }));
  const { run, start, home } = createKaskade(context);
  const url = host.says('/all.txt', answer('http://8.8.8.8:80\n'));
  await run(['list', 'import', url, '--as', 'mine', '--way', 'direct', '--yes', '--every', '6h']);
  host.says('/all.txt', answer('http://8.8.8.8:80\nhttp://8.8.4.4:80\n'));
  await run(['cascade', 'add', 'one', hop.url]);
  const { book } = bookIn(home);
  context.after(book.close);
  const source = book.sources.find('mine');
  book.sources.note('mine', { failures: 0, every: source?.every ?? (0 as never), nextFetch: 1 as never });
  const asked = host.asked.length;
  const served = start(['serve', '--listen', '127.0.0.1:0', '--json']);
  await served.printed(/"listening"/);
  await until(() => host.asked.length > asked && book.sources.find('mine')?.proxies === 2, 'a fetch', 20_000);
  const through = hop.visits.filter(({ asked: each }) => each?.port === host.port);
  assert.deepEqual([host.asked.length - asked, through.length], [1, 0]);
  await served.printed(/The list mine has 1 proxy that the book did not have; they are in quarantine\./);
  assert.ok((book.sources.find('mine')?.nextFetch ?? 0) > Date.now() + 4 * 3_600_000);
  assert.equal(host.asked.length - asked, 1);
});

test('a place in quarantine is used by no spelling of it, and by all once it is released', async (context) => {
  await using hop = await openHop({ scheme: 'http' });
  await using target = await openTarget(echo);
  const to = ['--target', `site.test:${target.port}`];
  const kaskade = createKaskade(context);
  const list = join(kaskade.home, 'one.txt');
  writeFileSync(list, `http://127.0.0.1:${hop.port}\n`);
  await kaskade.run(['list', 'import', list, '--private']);
  const within = ({ port }: { readonly port: number }, ...hosts: readonly string[]): readonly string[] =>
    hosts.map((host) => `http://${host}:${port}`);
  const others = [
    ...within(hop, '127.0.0.1', '[::ffff:127.0.0.1]', 'LOCALHOST'),
    `http://alice:word@127.0.0.1:${hop.port}`,
  ];
  const all = [
    ...[...others, ...within(hop, 'localhost.', '0.0.0.0', '[64:ff9b::7f00:1]', '[2002:7f00:1::]')],
    ...[`socks5h://127.0.0.1:${hop.port}`, `https://127.0.0.1:${hop.port}?verify=no`],
  ];
  for (const chain of all) {
    const { stdout, stderr, code } = await kaskade.run(['cascade', 'test', chain, ...to]);
    assert.match(`${stdout}${stderr}`, /in quarantine/, chain);
    assert.equal(code, 1, chain);
  }
  assert.deepEqual(hop.visits, []);
  // Another scheme at the same place does not take back what was released.
  writeFileSync(list, `socks5h://127.0.0.1:${hop.port}\n`);
  await kaskade.run(['list', 'import', list, '--private']);
  await kaskade.run(['list', 'release', '--filter', 'scheme=http']);
  for (const chain of others) {
    const { stdout } = await kaskade.run(['cascade', 'test', chain, ...to]);
    assert.match(stdout, /reaches site\.test/, chain);
  }
});

test('nothing is changed by an empty filter, and no file is written over', async (context) => {
  const kaskade = createKaskade(context);
  const list = join(kaskade.home, 'one.txt');
  writeFileSync(list, '8.8.1.1:80\nnonsense\n');
  await kaskade.run(['list', 'import', list]);
  for (const command of ['rm', 'release']) {
    const { code, stderr } = await kaskade.run(['list', command, '--filter', ' ']);
    assert.equal(code, 2);
    assert.match(stderr, /An empty filter would mean every proxy/);
  }
  const { code, stderr } = await kaskade.run(['list', 'import', list, '--rejected', list]);
  assert.equal(code, 3);
  assert.match(stderr, /could not be written/);
  assert.equal(readFileSync(list, 'utf8'), '8.8.1.1:80\nnonsense\n');
});

test('lists of the same name from different places are different sources, and no file takes the place of a good list by mistake', async (context) => {
  const kaskade = createKaskade(context);
  const sourcesOf = async (): Promise<unknown> =>
    jsonLines(await kaskade.run(['list', 'sources', '--json'])).map(({ name, proxies }) => [name, proxies]);
  const [one, other] = ['one', 'other'].map((folder) => join(kaskade.home, folder, 'proxies.txt'));
  assert.ok(one !== undefined && other !== undefined);
  for (const [path, text] of [
    [one, '8.8.1.1:80\n8.8.1.2:80\n8.8.1.3:80\n'],
    [other, '8.8.2.1:80\n'],
  ] as const) {
    mkdirSync(dirname(path));
    writeFileSync(path, text);
    assert.equal((await kaskade.run(['list', 'import', path])).code, 0);
  }
  const both = [
    ['proxies.txt', 3],
    ['proxies.txt (2)', 1],
  ];
  assert.deepEqual(await sourcesOf(), both);
  for (const text of ['', '<!doctype html><p>Not found', '8.8.1.1:80\n']) {
    writeFileSync(one, text);
    assertRefused(await kaskade.run(['list', 'import', one]), 3, /no proxy is in it|lost more than half/);
    assertRefused(await kaskade.run(['list', 'import', '-', '--as', 'proxies.txt'], { stdin: text }), 3, /./);
    assert.deepEqual(await sourcesOf(), both);
  }
  assert.match((await kaskade.run(['list', 'import', one, '--shrunk'])).stdout, /0 added, 1 known already, 2 dropped/);
  assert.deepEqual(await sourcesOf(), [
    ['proxies.txt', 1],
    ['proxies.txt (2)', 1],
  ]);
  for (const name of ['', 'a\u001b[31m\nb', ' x'])
    assertRefused(await kaskade.run(['list', 'import', other, '--as', name]), 2, /1 to 64 characters/);
});

test('a proxy is named by its place where it is the only one there, and else its names are told', async (context) => {
  const { run } = createKaskade(context);
  const list =
    'http://8.8.1.1:80\nsocks5h://8.8.1.1:80\nhttp://bob:s3cret@8.8.1.2:80\nhttp://bücher.example.com:3128\n';
  await run(['list', 'import', '-'], { stdin: list });
  assertRefused(await run(['list', 'release', '8.8.1.1:80']), 2, /Several.*http:\/\/8\.8\.1\.1:80.*socks5h:\/\//);
  for (const text of [
    'http://8.8.1.1:80',
    'http://8.8.1.2:80',
    'http://bob:s3cret@8.8.1.2:80',
    'bücher.example.com:3128',
  ])
    assert.equal((await run(['list', 'show', text])).code, 0, text);
  assertRefused(await run(['list', 'show', 'http://bob:s3cret@8.8.1.1:80']), 2, /no such proxy/);
  assert.equal((await run(['config'])).stdout, (await run(['config', 'get'])).stdout);
  assertRefused(await run(['list', 'tag', 'unknown', '8.8.1.2:80']), 2, /another word/);
  const { stderr } = await run(['list', 'ls', 'port=9']);
  assert.match(stderr, /a wider filter finds more/);
  const why = await run(['list', 'why', '//5.6.7.8:80']);
  assert.match(why.stdout, /not taken: nothing there; The line names no proxy/);
});
