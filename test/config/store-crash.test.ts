import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openStore } from '../../src/config/store.js';
import { createHome } from './home.js';

/** A program that stores cascades until it is killed, or so many, and says how far it came. */
const writer = `
  const { openStore } = await import(${JSON.stringify(new URL('../../src/config/store.js', import.meta.url).href)});
  const [home, prefix, most = Infinity] = process.argv.slice(1);
  const store = openStore(home);
  for (let number = 1; number <= most; number += 1) {
    store.add(prefix + number, 'http://u:p@' + prefix + number + '.example');
    process.stdout.write(number + '\\n');
  }
`;
const writing = (...args: readonly string[]): readonly string[] => ['--input-type=module', '-e', writer, ...args];

const namesIn = (home: string): readonly string[] =>
  openStore(home)
    .cascades()
    .map(({ name }) => name);

test('processes that write at the same time lose nothing of each other', async (context) => {
  const home = createHome(context);
  const writers = ['a', 'b', 'c', 'd'].map((prefix) =>
    spawn(process.execPath, writing(home, prefix, '10'), { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  const codes = await Promise.all(writers.map(async (child) => (await once(child, 'exit'))[0] as number));
  assert.deepEqual(codes, [0, 0, 0, 0]);
  assert.equal(namesIn(home).length, 40);
  assert.deepEqual(readdirSync(home), ['settings.json']);
});

test('a process that is killed while it writes loses nothing it has told of, and leaves nothing behind', async (context) => {
  const home = createHome(context);
  const told = new Set<string>();
  for (let round = 0; round < 8; round += 1) {
    const prefix = `r${round}-`;
    const child = spawn(process.execPath, writing(home, prefix), { stdio: ['ignore', 'pipe', 'inherit'] });
    for (const number of await linesUntilKilled(child, 1 + (round % 5))) told.add(`${prefix}${number}`);
    const names = new Set(namesIn(home));
    for (const name of told) assert.ok(names.has(name), `${name} was told of and is gone`);
  }
  openStore(home).set('sessions.most', '9');
  assert.deepEqual(readdirSync(home), ['settings.json']);
});

/** The lines that a process prints; it is killed at its line number `at`, wherever it is then. */
const linesUntilKilled = async (child: ChildProcess, at: number): Promise<readonly string[]> => {
  const lines: string[] = [];
  const gone = once(child, 'exit');
  if (child.stdout === null) throw new Error('no stdout');
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === at) child.kill('SIGKILL');
  }
  await gone;
  return lines;
};

test('what a killed process left is swept away when the settings are opened', (context) => {
  const home = createHome(context);
  openStore(home).add('one', 'http://a');
  for (const name of ['settings.json.next', 'settings.json.next.tmp-1234567890abcdef']) {
    writeFileSync(join(home, name), '{"half":');
  }
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  writeFileSync(join(home, 'settings.json.lock'), String(dead));
  assert.deepEqual(namesIn(home), ['one']);
  assert.deepEqual(readdirSync(home), ['settings.json']);
});

test('a lock that a process was killed over before it said who it is does not stay', (context) => {
  const home = createHome(context);
  openStore(home);
  const lock = join(home, 'settings.json.lock');
  writeFileSync(lock, '');
  const before = new Date(Date.now() - 2_000);
  utimesSync(lock, before, before);
  openStore(home).add('one', 'http://a');
  assert.deepEqual(readdirSync(home), ['settings.json']);
});

const shell = process.platform === 'win32' ? { skip: 'there is no ulimit' } : {};

test('a disk that takes only a part of the file leaves the old one whole', shell, (context) => {
  const home = createHome(context);
  const store = openStore(home);
  for (let number = 0; number < 150; number += 1)
    store.add(`a-rather-long-name-for-a-cascade-${number}`, 'http://a.example');
  const before = readFileSync(store.path, 'utf8');
  const command = 'ulimit -f 8; exec "$0" "$@" 2>&1';
  const run = spawnSync('sh', ['-c', command, process.execPath, ...writing(home, 'late', '1')], { encoding: 'utf8' });
  assert.notEqual(run.status, 0);
  assert.match(run.stdout, /in part only/);
  assert.equal(readFileSync(store.path, 'utf8'), before);
  assert.deepEqual(readdirSync(home), ['settings.json']);
});

test('settings are written the same inside a snap, where the library writes in place', (context) => {
  const home = createHome(context);
  const env = { ...process.env, SNAP: '/snap/code/1' };
  execFileSync(process.execPath, writing(home, 'c', '2'), { env });
  assert.deepEqual(namesIn(home), ['c1', 'c2']);
  assert.deepEqual(readdirSync(home), ['settings.json']);
});
