import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKaskade } from './kaskade.js';

test('every shell gets a script that asks the program', async (context) => {
  const { run } = createKaskade(context);
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const { code, stdout } = await run(['completion', shell]);
    assert.equal(code, 0);
    assert.match(stdout, /kaskade complete '?--/, shell);
  }
});

test('the Tab key knows commands, flags, names of cascades and keys of settings', async (context) => {
  const { run } = createKaskade(context);
  await run(['cascade', 'add', 'swiss', 'http://u:canary@a.example']);
  await run(['cascade', 'add', 'work', 'http://b.example']);
  const offered = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await run(['complete', '--', ...words]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.doesNotMatch(stdout, /canary/);
    return stdout
      .split('\n')
      .flatMap((line) => (line === '' || line.startsWith(':') ? [] : [line.split('\t')[0] ?? '']));
  };
  assert.deepEqual(await offered('c'), ['cascade', 'connect', 'config', 'completion']);
  assert.deepEqual(await offered('cascade', 's'), ['show']);
  assert.deepEqual(await offered('cascade', 'use', ''), ['swiss', 'work']);
  assert.deepEqual(await offered('cascade', 'rm', 'w'), ['work']);
  assert.deepEqual(await offered('serve', '--cascade', ''), ['swiss', 'work']);
  assert.deepEqual(await offered('serve', '--c'), ['--cascade']);
  assert.deepEqual(await offered('config', 'set', 'dial'), ['dial.deadline']);
  assert.deepEqual(await offered('completion', 'z'), ['zsh']);
});

test('the Tab key moves no broken settings away, since nobody would be told', async (context) => {
  const { run, home } = createKaskade(context);
  writeFileSync(join(home, 'settings.json'), '{');
  const { code, stdout } = await run(['complete', '--', 'cascade', 'use', '']);
  assert.deepEqual([code, stdout], [0, ':4\n']);
  assert.deepEqual(readdirSync(home), ['settings.json']);
});
