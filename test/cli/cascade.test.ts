import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, createKaskade, jsonLines } from './kaskade.js';

test('cascades are stored, listed, shown, picked and removed', async (context) => {
  const { run, home } = createKaskade(context);
  const added = await run(['cascade', 'add', 'work', 'socks5://u:p@a.example,http://b.example:3128']);
  assert.deepEqual(added, {
    code: 0,
    stdout: 'stored work, in use: socks5h://a.example:1080 > http://b.example:3128\n',
    stderr: '',
  });
  const single = await run(['cascade', 'add', 'one', 'http://c.example']);
  assert.equal(single.stderr, 'Note: One hop sees both who you are and where you go.\n');
  const list = await run(['cascade', 'ls']);
  assert.equal(
    list.stdout,
    '*  work  socks5h://a.example:1080 > http://b.example:3128\n   one   http://c.example:80\n',
  );
  assert.equal((await run(['cascade', 'use', 'one'])).stdout, 'in use: one\n');
  const show = await run(['cascade', 'show', 'one']);
  assert.match(show.stdout, /^one, in use\nyou > http:\/\/c\.example:80 > the site\n┌ your provider sees\n/);
  assert.match(show.stdout, /\nNote: One hop sees both who you are and where you go\.\n$/);
  const removed = await run(['cascade', 'rm', 'one']);
  assert.equal(removed.stdout, 'removed one\n');
  assert.match(removed.stderr, /No cascade is in use now/);
  assert.equal((await run(['cascade', 'ls'])).stdout, '   work  socks5h://a.example:1080 > http://b.example:3128\n');
  if (process.platform !== 'win32') assert.equal(statSync(join(home, 'settings.json')).mode & 0o777, 0o600);
});

test('--json is one value a line, before or behind the command', async (context) => {
  const { run } = createKaskade(context);
  const work = {
    name: 'work',
    inUse: true,
    positions: [
      { pick: 'first-up', among: ['http://a.example:80'] },
      { pick: 'random', among: ['https://b.example:443?verify=no', 'http://c.example:80'] },
    ],
    warnings: ['Hop 2 is accepted with any certificate (verify=no): anybody in between can read along.'],
  };
  const chain = 'http://a.example,https://b.example?verify=no|http://c.example~random';
  assert.deepEqual(jsonLines(await run(['--json', 'cascade', 'add', 'work', chain])), [{ event: 'stored', ...work }]);
  assert.deepEqual(jsonLines(await run(['cascade', 'ls', '--json'])), [work]);
  const [shown] = jsonLines(await run(['cascade', '--json', 'show', 'work']));
  assert.equal((shown?.['observers'] as unknown[]).length, 4);
  assert.deepEqual(jsonLines(await run(['cascade', 'use', 'work', '--json'])), [{ event: 'in-use', ...work }]);
  assert.deepEqual(jsonLines(await run(['cascade', 'rm', 'work', '--json'])), [
    { event: 'removed', ...work, inUse: false },
  ]);
  assert.equal((await run(['cascade', 'ls', '--json'])).stdout, '');
});

test('a chain from stdin stays out of the shell history', async (context) => {
  const { run, home } = createKaskade(context);
  const added = await run(['cascade', 'add', 'work', '-'], { stdin: '\n socks5://u:p%2C@a.example \nmore' });
  assert.equal(added.stdout, 'stored work, in use: socks5h://a.example:1080\n');
  assert.match(readFileSync(join(home, 'settings.json'), 'utf8'), /u:p%2C@a\.example/);
  assertRefused(await run(['cascade', 'add', 'none', '-']), 2, /stdin has no chain/);
});

test('two homes never meet', async (context) => {
  const { run, home } = createKaskade(context);
  await run(['--home', join(home, 'other'), 'cascade', 'add', 'there', 'http://a.example']);
  assert.match((await run(['cascade', 'ls'])).stderr, /No cascade is stored yet/);
  assert.match((await run(['cascade', 'ls', '--home', join(home, 'other')])).stdout, /there/);
});

test('a cascade is tried hop by hop, and the exit code tells when one fails', async (context) => {
  const { run, start } = createKaskade(context);
  const lab = start(['lab', '--hops', '2', '--listen', '127.0.0.1:0']);
  const [, port = ''] = await lab.printed(/listening on 127\.0\.0\.1:(\d+) through lab/);
  const chain = `http://127.0.0.1:${port}`;
  const good = await run(['cascade', 'test', chain, '--target', 'lab.test:80']);
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, new RegExp(`^hop 1 of 1  ${chain}  \\d+ ms  reaches lab\\.test:80\\n$`));
  const connected = await run(['cascade', 'test', chain]);
  assert.match(connected.stdout, /connected; --target HOST:PORT asks it for more\n$/);
  const denied = await run(['cascade', 'test', `${chain},socks5://b.example`]);
  assert.equal(denied.code, 1);
  assert.match(denied.stdout, /ms {2}failed\n {2}Hop 1 of 2 .* refused to reach hop 2 .*\nhop 2 of 2: not tried\n$/s);
  const [verdict, ...rest] = jsonLines(await run(['cascade', 'test', `${chain},socks5://b.example`, '--json']));
  assert.deepEqual(rest, []);
  assert.deepEqual(
    { ...verdict, ms: 0, sentence: '', hint: '' },
    {
      event: 'verdict',
      hop: 1,
      label: chain,
      onward: 'b.example:1080',
      ms: 0,
      ok: false,
      failure: 'onward-denied; hop=1',
      sentence: '',
      hint: '',
    },
  );
});

test('stdin and stdout go through a cascade, and nothing else is on stdout', async (context) => {
  const { run, start } = createKaskade(context);
  const lab = start(['lab', '--listen', '127.0.0.1:0']);
  const [, port = ''] = await lab.printed(/listening on 127\.0\.0\.1:(\d+) through lab/);
  const args = ['connect', 'lab.test', '80', '--cascade', `socks5://127.0.0.1:${port}`];
  const { code, stdout, stderr } = await run(args, { stdin: 'GET / HTTP/1.0\r\nHost: lab.test\r\n\r\n' });
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^HTTP\/1\.1 200 .*This is lab\.test\. Your request came through 3 hops/s);
  assertRefused(await run(['connect', 'other.example', '80', '--cascade', `http://127.0.0.1:${port}`]), 3, /refused/);
  const { run: runElsewhere } = createKaskade(context);
  assertRefused(await runElsewhere(['connect', 'lab.test', '80']), 2, /No cascade is in use/);
  assertRefused(await run(['connect', 'lab.test', '0', '--cascade', 'http://a']), 2, /1 to 65535/);
  assertRefused(await run(['connect', 'lab\n.test', '1', '--cascade', 'http://a']), 3, /no valid host name/);
});
