/** `kaskade` in a real terminal: with an engine of its own, or on the one that runs. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, dialUp } from '../kit/clients.js';
import { hearAll } from '../kit/ear.js';
import { type TestTerminal, openTerminal } from '../kit/terminal.js';
import { createKaskade } from './kaskade.js';

const bin = new URL('../../../bin/kaskade.js', import.meta.url);

const openTui = (home: string, ...args: readonly string[]): TestTerminal =>
  openTerminal({ script: bin, args: ['--listen', '127.0.0.1:0', ...args], env: { KASKADE_HOME: home }, columns: 100 });

const portIn = async (terminal: TestTerminal): Promise<number> => {
  const picture = await terminal.until((shown) => /kaskade 127\.0\.0\.1:\d+/.test(shown), 'the head of the screen');
  return Number(/kaskade 127\.0\.0\.1:(\d+)/.exec(picture)?.[1]);
};

test('on a fresh home it runs the lab itself, shows a session, and leaves nothing behind', async (context) => {
  const { home } = createKaskade(context);
  await using terminal = openTui(home);
  const port = await portIn(terminal);
  await terminal.until((picture) => / lab {2}U :\d+ › U :\d+ › U :\d+/.test(picture), 'three hops that are up');
  terminal.type('3');
  const { socket } = await ask(port, {
    protocol: 'socks5',
    target: 'lab.test:80',
    login: { user: 'ann', password: '' },
  });
  await terminal.until((picture) => /lab\.test:80 +ann +lab .* relaying/.test(picture), 'the session');
  terminal.type('xx');
  await hearAll(socket);
  await terminal.until((picture) => picture.includes('ended: client'), 'its end');
  terminal.type('q');
  assert.equal(await terminal.ended, 0);
  assert.equal(terminal.isNormal(), true);
  await assert.rejects(dialUp(port), { code: 'ECONNREFUSED' });
});

test('it attaches to the one that runs, changes it, and leaves it running', async (context) => {
  const { home, run, start } = createKaskade(context);
  await run(['cascade', 'add', 'one', 'http://alice:s3cret-canary@127.0.0.1:9']);
  await run(['cascade', 'add', 'two', 'http://127.0.0.2:9']);
  const serving = start(['serve', '--listen', '127.0.0.1:0']);
  const [, port = ''] = await serving.printed(/listening on 127\.0\.0\.1:(\d+) /);
  await using terminal = openTui(home);
  assert.equal(await portIn(terminal), Number(port));
  terminal.type('\x1b[B\r');
  await terminal.until((picture) => picture.includes('New sessions go through two.'), 'the switch');
  assert.match((await run(['status'])).stdout, /\ncascade {3}two\n/);
  terminal.type('kn');
  await terminal.until((picture) => picture.includes('new cascade cascade-1'));
  terminal.type('\ra\x1b[B\rs');
  await terminal.until((picture) => picture.includes('cascade-1 is stored.'), 'what was built');
  const { stdout } = await run(['cascade', 'show', 'cascade-1']);
  assert.match(stdout, /^you > http:\/\/127\.0\.0\.1:9 > http:\/\/127\.0\.0\.2:9 > the site$/m);
  assert.match(
    readFileSync(join(home, 'settings.json'), 'utf8'),
    /"cascade-1",\s*"chain": "http:\/\/alice:s3cret-canary@/,
  );
  assert.doesNotMatch(terminal.raw(), /s3cret|canary/);
  terminal.type('q');
  assert.equal(await terminal.ended, 0);
  assert.equal((await run(['status'])).code, 0);
});

test('what was stored elsewhere is seen, and stop ends the window that runs the engine', async (context) => {
  const { home, run } = createKaskade(context);
  await run(['cascade', 'add', 'one', 'http://127.0.0.1:9']);
  await using terminal = openTui(home);
  await portIn(terminal);
  await run(['cascade', 'add', 'elsewhere', 'http://127.0.0.2:9']);
  await terminal.until((picture) => /^ +\. +elsewhere /m.test(picture), 'the new cascade');
  assert.equal((await run(['stop'])).code, 0);
  assert.equal(await terminal.ended, 0);
});

test('where cascades are stored and none is in use, it opens and lets one be picked', async (context) => {
  const { home, run } = createKaskade(context);
  await run(['cascade', 'add', 'one', 'http://127.0.0.1:9']);
  await run(['cascade', 'add', 'two', 'http://127.0.0.2:9']);
  await run(['cascade', 'rm', 'one']);
  await using terminal = openTui(home);
  await terminal.until((picture) => picture.includes('no cascade in use'));
  terminal.type('\r');
  await terminal.until((picture) => picture.includes('New sessions go through two.'));
});

test('an engine that goes away is told of', async (context) => {
  const { home, run, start } = createKaskade(context);
  await run(['cascade', 'add', 'one', 'http://127.0.0.1:9']);
  const serving = start(['serve', '--listen', '127.0.0.1:0']);
  await serving.printed(/listening on/);
  await using terminal = openTui(home);
  await portIn(terminal);
  serving.child.kill('SIGKILL');
  assert.equal(await terminal.ended, 3);
  await terminal.until((picture) => picture.includes('No kaskade runs on this home'), 'the sentence');
  assert.equal(terminal.isNormal(), true);
});
