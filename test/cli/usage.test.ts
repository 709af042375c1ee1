import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, createKaskade, jsonLines } from './kaskade.js';

test('wrong usage is 2, and one sentence says what is wrong', async (context) => {
  const { run } = createKaskade(context);
  const rows: readonly (readonly [args: string, sentence: RegExp])[] = [
    ['nonsense', /^Unknown command 'nonsense'\.$/],
    ['cascad ls', /did you mean cascade\.$/i],
    ['cascade', /^cascade needs one of its commands: add, ls, show, use, rm, test\.$/],
    ['cascade lst', /did you mean/i],
    ['config nonsense', /there is no setting nonsense/],
    ['serve --lisen 127.0.0.1:0', /did you mean --listen\.$/i],
    ['serve --listen', /'--listen <host:port>' argument missing\.$/],
    ['serve extra', /too many arguments/i],
    ['--nonsense', /^Unknown option '--nonsense'\.$/],
    ['cascade add work', /missing required argument 'chain'\.$/i],
    ['lab --hops 9', /--hops is a number from 1 to 8\.$/],
    ['lab --hops many', /--hops is a number from 1 to 8\.$/],
    ['completion tcsh', /bash, zsh, fish, powershell\.$/],
    ['serve --listen nowhere', /listen: legal is /],
    ['serve --listen 0.0.0.0:0', /other machines reach/],
    ['serve --listen 0.0.0.0:0 --public', /other machines reach/],
    ['serve --cascade ftp://x', /unknown scheme/],
    ['cascade add a,b http://x', /a name has letters/],
    ['config set dial.deadlin 1s', /near it: dial\.deadline/],
    ['config set dial.deadline soon', /dial\.deadline: legal is a time/],
    ['config get nonsense', /there is no setting nonsense/],
  ];
  for (const [args, sentence] of rows) assertRefused(await run(args.split(' ')), 2, sentence);
  assertRefused(await run(['--home', '', 'config', 'path']), 2, /--home names no folder/);
});

test('what the machine refuses is 3', async (context) => {
  const { run, home } = createKaskade(context);
  const busy = createServer().listen(0, '127.0.0.1');
  context.after(() => busy.close());
  await new Promise((resolve) => busy.once('listening', resolve));
  const { port } = busy.address() as AddressInfo;
  assertRefused(
    await run(['lab', '--listen', `127.0.0.1:${port}`]),
    3,
    new RegExp(`127\\.0\\.0\\.1:${port}, EADDRINUSE`),
  );
  const file = join(home, 'file');
  writeFileSync(file, '');
  assertRefused(await run(['--home', file, 'config', 'get']), 3, new RegExp(`\\(${file}, EEXIST\\)`));
});

test('broken settings are 2, and the sentence names where the file is kept', async (context) => {
  const { run, home } = createKaskade(context);
  const path = join(home, 'settings.json');
  writeFileSync(path, '{"version":1,');
  assertRefused(await run(['config', 'get']), 2, new RegExp(`kept as ${path}\\.broken-1`));
  assert.equal(readFileSync(`${path}.broken-1`, 'utf8'), '{"version":1,');
  assert.equal((await run(['config', 'get', 'listen'])).stdout, '127.0.0.1:4001\n');
});

test('settings are printed, changed and explained', async (context) => {
  const { run, home } = createKaskade(context);
  assert.equal((await run(['config', 'path'])).stdout, `${join(home, 'settings.json')}\n`);
  assert.deepEqual(jsonLines(await run(['config', 'path', '--json'])), [{ path: join(home, 'settings.json') }]);
  assert.equal((await run(['config', 'set', 'idle.after', '90s'])).stdout, 'idle.after = 90s\n');
  assert.equal((await run(['config', 'get', 'idle.after'])).stdout, '90s\n');
  const all = jsonLines(await run(['config', 'get', '--json']));
  const keys = ['key', 'legal', 'meaning', 'standard', 'value'];
  for (const view of all) assert.deepEqual(Object.keys(view).sort(), keys);
  const help = await run(['config', '--help']);
  assert.equal(help.code, 0);
  for (const { key } of all) assert.ok(help.stdout.includes(`  ${String(key)} = `), String(key));
  assert.match(help.stdout, /idle\.after = 90s {2}\(without it: 15m\)/);
  assert.equal((await run(['help', 'config'])).stdout, help.stdout);
});

test('help and version are on stdout, and 0', async (context) => {
  const { run, home } = createKaskade(context);
  const began = performance.now();
  const version = await run(['--version']);
  context.diagnostic(`--version took ${Math.round(performance.now() - began)} ms`);
  assert.deepEqual(version, { code: 0, stdout: '0.1.0\n', stderr: '' });
  assert.deepEqual(jsonLines(await run(['--version', '--json'])), [{ text: '0.1.0' }]);
  for (const args of ['--help', 'help', 'serve --help', 'help cascade', 'cascade add -h', 'lab -h', 'connect -h']) {
    const { code, stdout, stderr } = await run(args.split(' '));
    assert.deepEqual([code, stderr], [0, ''], args);
    assert.match(stdout, /^Usage: kaskade /, args);
  }
  assert.throws(() => readFileSync(join(home, 'settings.json')), 'nothing was made');
});

test('KASKADE_DEBUG=1 adds the stack', async (context) => {
  const { run } = createKaskade(context);
  const { stderr } = await run(['cascade', 'use', 'none'], { env: { KASKADE_DEBUG: '1' } });
  assert.match(stderr, /\n {4}at /);
});
